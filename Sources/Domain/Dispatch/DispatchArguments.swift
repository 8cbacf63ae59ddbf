/// The client's command line, with the session put in.
package enum DispatchArguments {
    /// An argument that already chooses a session, which is dispatch's part.
    package struct ChoosesSession: Error, Equatable, CustomStringConvertible {
        package var argument: String
        package var description: String {
            "\(argument) already chooses a session; leave it out, dispatch puts --resume in where there is one"
        }
    }

    /// An argument with which the conversation is held elsewhere: there is no session here that a key could have.
    package struct HasNoSession: Error, Equatable, CustomStringConvertible {
        package var argument: String
        package var description: String {
            "with \(argument) there is no session here to bind to a key; start the client without holdfast dispatch"
        }
    }

    /// A program that starts the client, in a place where the client cannot be told from its arguments.
    package struct HidesClient: Error, Equatable, CustomStringConvertible {
        package var launcher: String
        package var description: String {
            "\(launcher) hides which word is the client; name claude as a word of its own, or write \(launcher) before holdfast"
        }
    }

    private static let longNames = [
        "--resume", "--continue", "--session-id", "--fork-session", "--from-pr", "--teleport", "--cloud", "--remote",
    ]
    private static let namesWithoutSession = ["--desktop", "--remote-control", "--rc"]
    private static let launchers = [
        "env", "timeout", "nice", "nohup", "stdbuf", "xargs", "setsid", "sudo", "npx", "bunx", "node", "bun", "sh",
        "bash", "zsh",
    ]

    private static func name(_ word: String) -> Substring { word.split(separator: "/").last ?? "" }

    /// Where the client stands: the first word, or behind a launcher the first that is called `claude`.
    package static func client(in command: [String]) throws(HidesClient) -> Int {
        guard let first = command.first, launchers.contains(String(name(first))) else { return 0 }
        guard let index = command.firstIndex(where: { name($0) == "claude" }) else {
            throw HidesClient(launcher: first)
        }
        return index
    }

    /// The words with which a client resumes a session. A UUID stands as a word of its own, which every client and every
    /// wrapper of one takes; anything else is tied to the flag, so that nothing can take it for one.
    package static func resuming(_ session: SessionID) -> [String] {
        session.isUUID ? ["--resume", session.rawValue] : ["--resume=\(session)"]
    }

    /// Whether the client is to answer once and end.
    /// - Parameter arguments: what follows the client's name.
    package static func onlyPrint(_ arguments: ArraySlice<String>) -> Bool {
        arguments.prefix { $0 != "--" }.contains { word in
            let isCluster =
                word.hasPrefix("-") && !word.hasPrefix("--") && word.dropFirst().allSatisfy { "pdv".contains($0) }
            return word == "--print" || isCluster && word.contains("p")
        }
    }

    /// - Parameter arguments: what follows the client's name.
    /// - Throws: `ChoosesSession`, `HasNoSession`.
    package static func check(_ arguments: [String]) throws {
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return }
            // The value of an option before it, such as `--append-system-prompt -r`, cannot be told from a flag without
            // knowing every option of every client: refused too, rather than two sessions chosen.
            let name = String(argument.prefix { $0 != "=" })
            let isPromptOfPrint =
                index > 0 && ["-p", "--print"].contains(arguments[index - 1]) && argument.contains(" ")
            if isPromptOfPrint { continue }
            // Short flags may be joined (`-pc`), and -r takes its value without a space.
            let isShort = argument.hasPrefix("-") && !argument.hasPrefix("--")
            let letters = argument.dropFirst().prefix { "pdvcr".contains($0) }
            let isJoined = letters.count == argument.count - 1 && (letters.contains("c") || letters.contains("r"))
            if namesWithoutSession.contains(name) { throw HasNoSession(argument: argument) }
            if longNames.contains(name) || isShort && (isJoined || argument.hasPrefix("-r")) {
                throw ChoosesSession(argument: argument)
            }
        }
    }
}
