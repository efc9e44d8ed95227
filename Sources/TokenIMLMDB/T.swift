import CTokenIMLMDB
import Synchronization
public func crc(_ b: UnsafeRawBufferPointer) -> UInt32 { tokenim_has_hardware_crc32c() != 0 ? tokenim_crc32c_hardware(~0, b.baseAddress, b.count) ^ ~0 : 0 }
