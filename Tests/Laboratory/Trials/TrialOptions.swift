import ArgumentParser

/// What all experiments are told.
struct TrialOptions: ParsableArguments {
    @Option(help: "Where chance begins. The same seed gives the same cases.")
    var seed: UInt64 = 1

    @Option(help: "How many cases, out of as many seeds as it takes.")
    var count: Int?

    @Option(help: "For how long, instead of a number of cases.")
    var seconds: Int?

    @Option(help: "Runs this case of the seed alone, in this process: to repeat a failure.")
    var only: Int?

    @Flag(help: "Succeeds when defects are found and fails when none is: to see that the laboratory is not blind.")
    var expectDefects = false

    @Option(help: .hidden)
    var workerFrom: Int?
}
