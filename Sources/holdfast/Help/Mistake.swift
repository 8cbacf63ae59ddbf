internal import ArgumentParser
internal import Domain

/// A call that the parser cannot make sense of, told as every other error is: one line behind the program's name, then how
/// the verb is used.
struct Mistake {
    let message: String
    let usage: String?

    /// - Parameter text: as the parser writes it for a terminal of `HelpPage.unwrapped` columns.
    init(told text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        var message = lines.first ?? ""
        if let colon = message.firstIndex(of: ":"), message[..<colon] == "Error" {
            message = String(message[message.index(after: colon)...].drop { $0 == " " })
        }
        self.message = message.first.map { $0.lowercased() + message.dropFirst() } ?? ""
        usage = lines.first { $0.lowercased().hasPrefix("usage: ") }
    }

    private init(message: String) {
        self.message = message
        usage = nil
    }

    /// A word that stands for a verb and is none: where a group has a verb that it means by itself, the parser would take the
    /// word for that one's.
    /// - Parameter words: behind the program's name.
    init?(inVerbsOf words: [String]) {
        var verb: any ParsableCommand.Type = HoldfastCommand.self
        var path = ["holdfast"]
        for word in words where word != "--json" {
            let verbs = verb.configuration.subcommands
            guard !verbs.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let next = verbs.first(where: { $0._commandName == word }) else {
                self.init(message: Self.unknown(word, in: path, verbs))
                return
            }
            verb = next
            path.append(word)
        }
        return nil
    }

    private static func unknown(_ word: String, in path: [String], _ verbs: [any ParsableCommand.Type]) -> String {
        let names = verbs.map { $0._commandName }
        let group = path.joined(separator: " ")
        let place = path.count > 1 ? " of '\(group)'" : ""
        let near = Likeness.nearest(to: word, among: names).map { ["\(group) \($0)"] }
        let meant = near ?? (path.count > 1 ? [] : elsewhere(word, verbs))
        let way =
            switch (meant.isEmpty, path.count > 1) {
            case (false, _): "did you mean \(meant.map { "'\($0)'" }.joined(separator: " or "))?"
            case (true, true): "there are \(names.joined(separator: ", "))"
            case (true, false): "'holdfast help' lists them"
            }
        return "there is no verb '\(word)'\(place); \(way)"
    }

    /// Groups that have it.
    private static func elsewhere(_ word: String, _ verbs: [any ParsableCommand.Type]) -> [String] {
        let all = verbs.flatMap { group in
            group.configuration.subcommands.map { (group._commandName, $0._commandName) }
        }
        return all.filter { $0.1 == word }.prefix(3).map { "holdfast \($0) \($1)" }
    }
}
