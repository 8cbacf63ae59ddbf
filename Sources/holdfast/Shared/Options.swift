internal import ArgumentParser

/// Every verb has it.
struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false
}
