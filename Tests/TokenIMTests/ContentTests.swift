import Testing
import TokenIM
import TokenIMTesting

@Suite struct ContentTests {
    static let contents: [Content] = [
        "text", .custom(type: "x/y", bytes: [0, 255]),
        .image(
            Media(
                "https://example.org/a.jpg", mediaType: "image/jpeg", size: 12_345, width: 640, height: 480,
                thumbnail: "t", digest: [1, 2], caption: "a cat")),
        .audio(Media("blob:1", duration: .milliseconds(1_500))), .video(Media("blob:2", size: .max)),
        .file(Media("blob:3", name: "report.pdf")),
        .location(Location(latitude: 52.52, longitude: 13.405, name: "Berlin")), .card(Card(.user("bob"), name: "Bob")),
        .card(Card(.group("team"))),
    ]

    @Test func everyKindArrivesAsItWasSent() async throws {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob")
        let phone = try await test.engine.connect("bob", device: "phone")
        for (index, content) in Self.contents.enumerated() {
            try await test.engine.messages.send(content, from: "alice", to: .user("bob"), key: try .init("\(index)"))
        }
        #expect(try phone.drain().compactMap { $0.message?.content } == Self.contents)
        let history = try test.engine.messages.history(of: .direct("alice", "bob"), for: "bob").entries
        #expect(history.compactMap { $0.message?.content } == Self.contents)
        #expect(Set(Self.contents.map(\.kind)).count == 8)
        // The same again is a retry; another one under the key is not.
        try await test.engine.messages.send(Self.contents[2], from: "alice", to: .user("bob"), key: "2")
        await expect(.idempotencyConflict) {
            try await test.engine.messages.send(Self.contents[3], from: "alice", to: .user("bob"), key: "2")
        }
        #expect(try await test.engine.verify().isSound)
    }

    static let malformed: [Content] = [
        "", .custom(type: "", bytes: []), .custom(type: "a\n", bytes: []), .image(Media("")),
        .image(Media(String(repeating: "x", count: 2_049))), .image(Media("x", width: 1)),
        .image(Media("x", width: 0, height: 1)), .image(Media("x", width: 1, height: 65_536)),
        .image(Media("x", width: .min, height: .max)), .audio(Media("x", duration: .seconds(-1))),
        .audio(Media("x", duration: .seconds(31 * 86_400))),
        .file(Media("x", name: String(repeating: "n", count: 513))),
        .file(Media("x", mediaType: String(repeating: "n", count: 129))),
        .file(Media("x", digest: [UInt8](repeating: 0, count: 65))),
        .location(Location(latitude: 90.1, longitude: 0)), .location(Location(latitude: 0, longitude: -180.1)),
        .location(Location(latitude: .nan, longitude: 0)), .location(Location(latitude: 0, longitude: .infinity)),
        .card(Card(.user("x"), name: String(repeating: "n", count: 5_000))),
    ]

    @Test(arguments: malformed.indices)
    func whatIsMalformedIsRefusedAndLeavesNoTrace(_ index: Int) async throws {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob")
        let head = test.engine.head
        await expect(.malformedContent) {
            try await test.engine.messages.send(Self.malformed[index], from: "alice", to: .user("bob"), key: "k")
        }
        #expect(test.engine.head == head)
    }

    @Test func theLimitCountsAllOfIt() async throws {
        let test = try TestEngine { $0.limits.contentBytes = 10 }
        try await test.engine.create("alice", "bob")
        await expect(.contentTooLarge) {
            try await test.engine.messages.send(
                .image(Media("12345", caption: "123456")), from: "alice", to: .user("bob"), key: "k")
        }
        await expect(.contentTooLarge) {
            try await test.engine.messages.send(
                .location(Location(latitude: 0, longitude: 0)), from: "alice", to: .user("bob"), key: "k")
        }
    }
}
