internal import TokenIM

/// The way between a device and the server, with the faults that a test gives it.
///
/// A new link loses nothing and takes 20 ms each way. Each fault stays until it is taken back, or until ``heal()``.
/// Faults concern what is sent from then on; what is under way arrives.
public final class SimulatedLink {
    /// One end of a link.
    public struct End: Hashable, Sendable {
        let isDevice: Bool
        public static let device = End(isDevice: true)
        public static let server = End(isDevice: false)
    }

    /// What happens to packets of one kind.
    private struct Faults {
        var dropped = 0.0
        var duplicated = 0.0
        var held = 0.0
    }

    private var faults: [Faults] = Array(repeating: Faults(), count: PacketKinds.all.rawValue.bitWidth)
    private var latency: ClosedRange<Duration> = .milliseconds(20)...(.milliseconds(20))
    private var holdTime = Duration.zero
    /// Whether both ends know that there is no link.
    public private(set) var isCut = false
    /// Whether everything waits.
    public private(set) var isStalled = false
    private var stalled: [Packet] = []

    weak var device: SimulatedDevice?
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Loses this share of the packets, from 0 for none to 1 for all. Nobody is told.
    ///
    /// - Precondition: `share` is from 0 to 1.
    public func drop(_ share: Double, of kinds: PacketKinds = .all) {
        change(kinds, share) { $0.dropped = share }
    }

    /// Lets this share of the packets arrive twice, the second time with a delay of its own.
    ///
    /// - Precondition: `share` is from 0 to 1.
    public func duplicate(_ share: Double, of kinds: PacketKinds = .all) {
        change(kinds, share) { $0.duplicated = share }
    }

    /// Holds this share of the packets back for up to a while longer than the others, which overtake them.
    ///
    /// - Precondition: `share` is from 0 to 1.
    public func reorder(_ share: Double, of kinds: PacketKinds = .all, by time: Duration = .seconds(1)) {
        holdTime = time
        change(kinds, share) { $0.held = share }
    }

    /// Lets each packet take this long.
    public func delay(_ duration: Duration) {
        latency = duration...duration
    }

    /// Lets each packet take a time of its own within these bounds, so that one may overtake another.
    public func delay(_ bounds: ClosedRange<Duration>) {
        latency = bounds
    }

    /// Lets everything wait, in its order, until ``resume()``.
    public func stall() {
        isStalled = true
    }

    /// Lets everything that waits go on its way.
    public func resume() {
        isStalled = false
        let packets = stalled
        stalled = []
        for packet in packets { carry(packet) }
    }

    /// Lets one end lose its connection while the other believes that it has one: an app whose network changed without
    /// a word to the server, or a server that has lost its memory. The link itself is as before.
    ///
    /// For a link on which both ends hear nothing and are told nothing, ``drop(_:of:)`` everything.
    public func halfOpen(_ end: End = .device) {
        guard let device else { return }
        if end == .device { device.loseConnection() } else { device.network?.forgetConnection(of: device) }
    }

    /// Breaks the link: both ends lose their connection and know it, what waits in it is gone, and the device cannot
    /// connect until ``heal()``.
    public func cut() {
        isCut = true
        stalled = []
        halfOpen(.server)
        halfOpen(.device)
    }

    /// Takes all faults back, and lets go on what waits. The delay stays.
    public func heal() {
        isCut = false
        faults = faults.map { _ in Faults() }
        resume()
    }

    private func change(_ kinds: PacketKinds, _ share: Double, _ body: (inout Faults) -> Void) {
        precondition((0...1).contains(share), "a share of packets is from 0 to 1, not \(share)")
        for bit in faults.indices where kinds.rawValue >> bit & 1 == 1 { body(&faults[bit]) }
    }

    /// Sends a packet on its way, or does what the faults want.
    func carry(_ packet: Packet) {
        guard let device, let network = device.network else { return }
        if isStalled {
            network.note(device, "waits", packet)
            stalled.append(packet)
            return
        }
        let faults = faults[packet.kind.rawValue.trailingZeroBitCount]
        if isCut || chance(faults.dropped) { return network.note(device, "lost", packet) }
        for _ in 0..<(chance(faults.duplicated) ? 2 : 1) {
            var time = duration(within: latency)
            if chance(faults.held) { time += duration(within: .zero...holdTime) }
            let isForServer = PacketKinds.toServer.contains(packet.kind)
            network.schedule(isForServer ? .toServer(packet, device) : .toDevice(packet, device), after: time)
        }
    }

    // MARK: Chance

    /// Whether something happens that has this probability.
    private func chance(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &generator) < probability
    }

    /// Any duration within these bounds, in whole microseconds.
    func duration(within bounds: ClosedRange<Duration>) -> Duration {
        let (low, high) = (bounds.lowerBound.wholeMicroseconds, bounds.upperBound.wholeMicroseconds)
        return .microseconds(low == high ? low : Int64.random(in: low...high, using: &generator))
    }
}
