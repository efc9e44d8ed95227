import Testing
import TokenIMReplay

@Suite("The summary")
struct SummaryTests {
    private var summary: Summary {
        var summary = Summary()
        summary.users = 240
        summary.messages = 1165
        summary.skipped = 1
        summary.ignored = 12
        summary.renames = 8
        summary.replies = 326
        summary.mentions = 514
        summary.roleChanges = 4
        summary.deliveriesLive = 114_400
        summary.deliveriesCatchUp = 13_879
        summary.unreadAtEnd = 112_044
        summary.journalEntries = 1653
        summary.bytesOnDisk = 1_048_576
        summary.seconds = 2.0625
        summary.verified = true
        return summary
    }

    @Test func isOneObjectOnOneLine() {
        #expect(
            summary.json == """
                {"users": 240, "messages": 1165, "skipped": 1, "ignored": 12, "renames": 8, "replies": 326, \
                "deliveriesLive": 114400, "deliveriesCatchUp": 13879, "deliveries": 128279, "unreadAtEnd": 112044, \
                "mentions": 514, "roleChanges": 4, "journalEntries": 1653, "bytesOnDisk": 1048576, \
                "seconds": 2.063, "verified": true}
                """)
    }

    @Test func canBeReadByPeople() {
        #expect(
            summary.text == """
                users            240   8 renames, 4 role changes
                messages       1,165   326 replies, 514 mentions; 1 empty one skipped, 12 other lines ignored
                deliveries   128,279   114,400 live, 13,879 caught up later
                unread       112,044
                journal        1,653   entries; 1,048,576 bytes on disk
                seconds        2.063   on a real clock, 62,195 deliveries a second
                verified         yes
                """)
    }

    @Test func saysWhenItIsNotVerified() {
        var summary = summary
        summary.verified = false
        #expect(summary.json.hasSuffix("\"verified\": false}"))
        #expect(summary.text.hasSuffix("verified          NO"))
    }

    @Test func hasNoRateWithoutTime() {
        #expect(Summary().text.contains("seconds      0.000   on a real clock\n"))
    }

    @Test(
        "groups digits by three",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678"), (-100, "-100"), (-1000, "-1,000"),
        ])
    func grouping(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test func showsProgressAsABar() {
        let bar = Console.Progress(lines: 500, ofLines: 2000, deliveries: 1).bar
        #expect(bar == " 25% █████░░░░░░░░░░░░░░░ 500 of 2,000 lines, 1 delivery")
        #expect(Console.Progress(lines: 0, ofLines: 0, deliveries: 0).bar.hasPrefix("100% ███"))
    }
}
