import CCallCounts
import Foundation

/// How much memory this process holds that is not a view of a file.
enum ResidentMemory {
    /// In bytes. The pages of stores do not count: they are the system's to take back.
    static func privateBytes() throws -> Int {
        #if os(Linux)
        // Pages: total, resident, of those shared with files, …
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 2, let resident = Int(fields[1]), let shared = Int(fields[2]) else { throw Unknown() }
        return (resident - shared) * Int(sysconf(Int32(_SC_PAGESIZE)))
        #else
        var information = task_vm_info_data_t()
        var count = mach_msg_type_number_t(
            MemoryLayout<task_vm_info_data_t>.size / MemoryLayout<natural_t>.size)
        let result = withUnsafeMutablePointer(to: &information) { pointer in
            pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                task_info(mach_task_self_, task_flavor_t(TASK_VM_INFO), $0, &count)
            }
        }
        guard result == KERN_SUCCESS else { throw Unknown() }
        return Int(information.phys_footprint)
        #endif
    }

    /// The same, without what has been released and is kept for the next one who asks.
    static func settledPrivateBytes() throws -> Int {
        call_counts_give_back()
        return try privateBytes()
    }

    struct Unknown: Error {}
}
