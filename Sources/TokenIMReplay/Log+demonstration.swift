extension Log {
    /// A small conversation to look at: somebody comes late, somebody goes offline and catches up, somebody becomes an
    /// admin, a night passes.
    package static var demonstration: Log {
        get throws(ReplayFailure) {
            let annotations = try Annotations(InputFile(path: "annotations", text: demonstrationAnnotations))
            return Log(InputFile(path: "demonstration", text: demonstrationLog), annotations: annotations)
        }
    }

    private static let demonstrationLog = """
        [08:58] <ada> Is anybody up?
        === ben [ben@home]  has joined #lake
        === chloe [chloe@phone]  has joined #lake
        [09:00] <ada> Good morning! Who comes to the lake on Saturday?
        [09:01] <ben> I do. I bring the bread.
        [09:01] <chloe> Me too, if somebody gives me a lift.
        === chloe [chloe@phone]  has left #lake ["tunnel"]
        [09:04] <ben> There is a seat in my car. Ten o'clock, at your door?
        [09:05] <ada> I make a list: bread, cheese, a kite.
        === dev [dev@work]  has joined #lake
        [09:07] <dev> Hello! What did I miss?
        [09:08] <ada> Saturday, the lake. Do you still have that boat?
        [09:10] <dev> It floats. Mostly.
        === dev is now known as captain-dev
        === captain-dev [dev@work]  has left #lake ["lunch"]
        [12:31] <chloe> ben: out of the tunnel. Ten is perfect, thank you!
        [12:33] <ben> Bring a raincoat all the same.
        === mode/#lake [+o ben] by ada
        [23:58] <ada> I cannot sleep. Has anybody seen the forecast?
        [00:03] <chloe> Sun, and a little wind. Made for a kite.
        [00:04] <ada> Then good night!

        """

    private static let demonstrationAnnotations = """
        3 4 -
        3 5 -
        5 7 -
        10 11 -
        11 12 -
        7 15 -
        18 19 -
        """
}
