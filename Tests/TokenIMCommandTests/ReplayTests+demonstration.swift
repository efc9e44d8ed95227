extension ReplayTests {
    /// What the demonstration tells, between its introduction and its summary.
    static let demonstration = """
        08:58  · ada is here
        08:58  ada: Is anybody up?
        08:58  · ben is here
        08:58  · chloe is here
        09:00  ada: Good morning! Who comes to the lake on Saturday?
               ✓ ben, chloe
        09:01  ben: I do. I bring the bread.
               ↳ answers ada: Good morning! Who comes to the lake on Saturday?
               ✓ ada, chloe
        09:01  chloe: Me too, if somebody gives me a lift.
               ↳ answers ada: Good morning! Who comes to the lake on Saturday?
               ✓ ada, ben
        09:01  · chloe goes offline
        09:04  ben: There is a seat in my car. Ten o'clock, at your door?
               ↳ answers chloe: Me too, if somebody gives me a lift.
               ✓ ada
        09:05  ada: I make a list: bread, cheese, a kite.
               ✓ ben
        09:05  · dev is here
        09:07  dev: Hello! What did I miss?
               ✓ ada, ben
        09:08  ada: Saturday, the lake. Do you still have that boat?
               ↳ answers dev: Hello! What did I miss?
               ✓ ben, dev
        09:10  dev: It floats. Mostly.
               ↳ answers ada: Saturday, the lake. Do you still have that boat?
               ✓ ada, ben
        09:10  · dev is now called captain-dev
        09:10  · captain-dev goes offline
        12:31  · chloe is back and catches up on 5 messages:
                 ben: There is a seat in my car. Ten o'clock, at your door?
                 ada: I make a list: bread, cheese, a kite.
                 dev: Hello! What did I miss?
                 ada: Saturday, the lake. Do you still have that boat?
                 dev: It floats. Mostly.
        12:31  chloe: ben: out of the tunnel. Ten is perfect, thank you!
               ↳ answers ben: There is a seat in my car. Ten o'clock, at your door?
               @ ben
               ✓ ada, ben
        12:33  ben: Bring a raincoat all the same.
               ✓ ada, chloe
        12:33  · ben is an admin now
        23:58  ada: I cannot sleep. Has anybody seen the forecast?
               ✓ ben, chloe
        00:03  chloe: Sun, and a little wind. Made for a kite.
               ↳ answers ada: I cannot sleep. Has anybody seen the forecast?
               ✓ ada, ben
        00:04  ada: Then good night!
               ✓ ben, chloe
        00:04  · captain-dev is back and catches up on 5 messages:
                 chloe: ben: out of the tunnel. Ten is perfect, thank you!
                 ben: Bring a raincoat all the same.
                 ada: I cannot sleep. Has anybody seen the forecast?
                 chloe: Sun, and a little wind. Made for a kite.
                 ada: Then good night!

        """
}
