import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct RequestDigestTests {
    /// Requests that differ, though what they are made of could be strung together to the same.
    static let families: [[Action]] = [
        [
            .markRead(.direct("a, b", "c"), through: 1, by: "u"), .markRead(.direct("a", "b, c"), through: 1, by: "u"),
            .markRead(.group("a, b, c"), through: 1, by: "u"),
        ],
        [
            .createGroup("g", Profile(attributes: ["k": "v"]), owner: "o", members: [], .group, GroupPolicies()),
            .createGroup("g", Profile(), owner: "k", members: ["v", "o"], .group, GroupPolicies()),
            .createGroup("g", Profile(), owner: "v", members: ["k", "o"], .group, GroupPolicies()),
            .createGroup("g", Profile(), owner: "v", members: ["k", "o"], .channel, GroupPolicies()),
            .createGroup("g", Profile(), owner: "v", members: ["k", "o"], .group, .channel),
        ],
        [
            .group(.join("g")), .group(.request("g", text: "")), .group(.request("g", text: "x")),
            .group(.withdrawRequest("g")), .group(.answerRequest(of: "x", "g", isApproved: true)),
            .group(.answerRequest(of: "x", "g", isApproved: false)), .group(.invite(["x"], "g", text: "")),
            .group(.invite(["x"], "g", text: "x")), .group(.withdrawInvitation(of: "x", "g")),
            .group(.answerInvitation("g", isAccepted: true)), .group(.answerInvitation("g", isAccepted: false)),
            .group(.ban("x", "g", isOn: true)), .group(.ban("x", "g", isOn: false)),
            .group(.mute("x", "g", until: nil)), .group(.mute("x", "g", until: .zero)),
            .group(.muteAll("g", isOn: true)), .group(.muteAll("g", isOn: false)),
            .group(.setNickname(nil, of: "x", "g")), .group(.setNickname("", of: "x", "g")),
            .group(.announce(nil, "g")), .group(.announce("", "g")),
            .group(.setPolicies(GroupPolicies(), of: "g")), .group(.setPolicies(.channel, of: "g")),
        ],
        [
            .createUser("u", Profile(name: "x")), .createUser("u", Profile(avatar: "x")),
            .createUser("u", Profile(name: "")), .createUser("u", Profile()),
            .createUser("u", Profile(name: "", avatar: "x")), .createUser("u", Profile(attributes: ["x": ""])),
            .updateUser("u", Profile(name: "x")), .updateGroup("u", Profile(name: "x")),
        ],
        [
            .addMembers(["a", "b"], to: "g"), .addMembers(["ab"], to: "g"), .addMembers(["a"], to: "g"),
            .addMembers(["b", "a"], to: "g"),
        ],
        [
            .send(NewMessage(.text("x"), replyTo: 0), to: .user("a")),
            .send(NewMessage(.text("x"), replyTo: 0), to: .group("a")),
            .send(NewMessage(.text("x"), replyTo: 1), to: .user("a")),
            .send(NewMessage(.custom(type: "x", bytes: []), replyTo: 0), to: .user("a")),
            .send(NewMessage(.custom(type: "x", bytes: [0]), replyTo: 0), to: .user("a")),
            .send(NewMessage(.custom(type: "x", bytes: [0, 0]), replyTo: 0), to: .user("a")),
            .send(NewMessage(.text("x\u{0}"), replyTo: 0), to: .user("a")),
            .send(NewMessage(.text("x\u{0}\u{0}"), replyTo: 0), to: .user("a")),
        ],
    ]

    @Test(arguments: families.indices)
    func requestsThatDifferHaveOtherDigests(_ index: Int) {
        let digests = Self.families[index].map(\.digest)
        #expect(Set(digests).count == digests.count)
    }

    @Test func digestsNeverChange() {
        // They are stored: a release that computed others would take every retry across the upgrade for a conflict.
        var digest = Digest()
        #expect(digest.value == Digest(seed: 0).value)
        digest.combine("TokenIM")
        let words = (0..<3).map { number -> UInt64 in
            var digest = Digest(seed: UInt64(number))
            digest.combine(UInt64(number))
            return digest.value
        }
        #expect(Set(words).count == 3)
        #expect(
            Action.send(NewMessage(.text("hi"), replyTo: 0), to: .user("bob")).digest
                == Action.send(NewMessage(.text("hi"), replyTo: 0), to: .user("bob")).digest)
    }
}
