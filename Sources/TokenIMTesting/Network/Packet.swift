internal import TokenIM

/// What goes over a link at once. It arrives whole, or not at all.
struct Packet {
    enum Body {
        // From a device to the server.
        case connect
        case request(SimulatedRequest)
        case acknowledgement(Position)
        /// Says also through where the device has acknowledged, in case that got lost.
        case ping(Position)
        case disconnect
        // From the server to a device.
        case welcome(epoch: UInt64)
        case reply(SimulatedRequest, Result<Receipt, IMError>)
        /// Numbered 1, 2, 3 … within a connection, so that the device notices when one is missing.
        case delivery(number: Int, Delivery)
        /// Says also how many deliveries the connection has had.
        case pong(deliveries: Int)
        case closure(IMError?)
    }

    /// Which of the device's connections it belongs to.
    let connection: Int
    let body: Body

    var kind: PacketKinds {
        switch body {
        case .connect: .connects
        case .request: .requests
        case .acknowledgement: .acknowledgements
        case .ping: .pings
        case .disconnect: .disconnects
        case .welcome: .welcomes
        case .reply: .replies
        case .delivery: .deliveries
        case .pong: .pongs
        case .closure: .closures
        }
    }
}

extension Packet: CustomStringConvertible {
    var description: String {
        switch body {
        case .connect: "\(connection) connect"
        case .request(let request): "\(connection) request \(request.key)"
        case .acknowledgement(let position): "\(connection) acknowledgement \(position)"
        case .ping(let position): "\(connection) ping \(position)"
        case .disconnect: "\(connection) disconnect"
        case .welcome: "\(connection) welcome"
        case .reply(let request, .success(let receipt)):
            "\(connection) reply \(request.key): \(receipt.position)\(receipt.isDuplicate ? " again" : "")"
        case .reply(let request, .failure(let error)): "\(connection) reply \(request.key): \(error.code.name)"
        case .delivery(let number, let delivery): "\(connection) delivery \(number): \(delivery.position)"
        case .pong(let deliveries): "\(connection) pong \(deliveries)"
        case .closure(let error): "\(connection) closure\(error.map { ": \($0.code.name)" } ?? "")"
        }
    }
}

/// Kinds of packets, of which a ``SimulatedLink`` can be told to lose some and not others.
public struct PacketKinds: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// A device asks to be connected.
    public static let connects = PacketKinds(rawValue: 1)
    /// A device asks for a change: sends a message, marks one as read.
    public static let requests = PacketKinds(rawValue: 2)
    /// A device has stored what was delivered.
    public static let acknowledgements = PacketKinds(rawValue: 4)
    /// A device asks whether the server is still there.
    public static let pings = PacketKinds(rawValue: 8)
    /// A device says that it goes.
    public static let disconnects = PacketKinds(rawValue: 16)
    /// The server has connected a device.
    public static let welcomes = PacketKinds(rawValue: 32)
    /// The outcome of a request.
    public static let replies = PacketKinds(rawValue: 64)
    /// An entry for a device.
    public static let deliveries = PacketKinds(rawValue: 128)
    /// The server is still there.
    public static let pongs = PacketKinds(rawValue: 256)
    /// The server has closed a connection, or does not know it.
    public static let closures = PacketKinds(rawValue: 512)

    /// Everything that devices say.
    public static let toServer: PacketKinds = [.connects, .requests, .acknowledgements, .pings, .disconnects]
    /// Everything that the server says.
    public static let toDevice: PacketKinds = [.welcomes, .replies, .deliveries, .pongs, .closures]
    public static let all: PacketKinds = [.toServer, .toDevice]
}
