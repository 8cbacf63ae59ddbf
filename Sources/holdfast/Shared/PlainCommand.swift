internal import ArgumentParser
internal import Operations

/// The commands that somebody waits for at each dispatch, in their plainest forms, read without the parser: that asks the
/// runtime of some hundred types what they conform to, which takes longer than the command (`make bench`). Any other
/// form, and each mistake, is the parser's.
enum PlainCommand {
    case lookUp(key: String, asJSON: Bool)
    case status(asJSON: Bool)

    /// - Parameter words: behind the program's name.
    init?(_ words: [String]) {
        let asJSON = words.last == "--json"
        let rest = asJSON ? words.dropLast() : words[...]
        switch (rest.first, rest.count) {
        case ("status", 1): self = .status(asJSON: asJSON)
        case ("lookup", 2) where !rest[1].hasPrefix("-"): self = .lookUp(key: rest[1], asJSON: asJSON)
        default: return nil
        }
    }

    /// - Returns: the exit code.
    func run() -> Int32 {
        do {
            switch self {
            case .lookUp(let key, let asJSON): try LookupCommand.run(key, asJSON: asJSON)
            case .status(let asJSON): try StatusCommand.run(asJSON: asJSON)
            }
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            // `reporting` has made an exit code of all else.
            let failure = Failure(of: error)
            Terminal.complain(failure.message)
            return failure.code.rawValue
        }
    }
}
