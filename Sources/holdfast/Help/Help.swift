internal import ArgumentParser
internal import Domain
internal import Operations

/// `holdfast help`, `holdfast help VERB …` and `holdfast help TOPIC`. Read without the parser, whose own verb of that name
/// knows verbs only and shows the list of them for every other word.
enum Help {
    /// - Parameter words: behind `help`.
    /// - Throws: `Failure` for a word that is neither verb nor topic.
    static func show(_ words: [String]) throws {
        let names = words.filter { !$0.hasPrefix("-") }
        let topic = names.count == 1 ? HelpTopic.named(names[0]) : nil
        if words.contains("--json") {
            guard let topic else {
                guard names.isEmpty else { throw unknown(names[0]) }
                return try Terminal.printJSON(HelpTopic.all)
            }
            return try Terminal.printJSON(topic)
        }
        let width = Terminal.width()
        if let topic { return Terminal.show(topic.page(width: width), wraps: false) }
        guard !names.isEmpty else {
            return Terminal.show(page(of: HoldfastCommand.self) + "\n\n" + topics(width: width), wraps: false)
        }
        var verb: any ParsableCommand.Type = HoldfastCommand.self
        for name in names {
            guard let next = verb.configuration.subcommands.first(where: { $0._commandName == name }) else {
                if verb == HoldfastCommand.self { throw unknown(name) }
                throw Failure(.usage, Mistake(inVerbsOf: names)?.message ?? "there is no verb '\(name)'")
            }
            verb = next
        }
        Terminal.show(page(of: verb), wraps: false)
    }

    private static func page(of verb: any ParsableCommand.Type) -> String {
        let text = HoldfastCommand.helpMessage(for: verb, columns: HelpPage.unwrapped)
        return HelpPage(text)?.text(width: Terminal.width()) ?? text
    }

    private static func topics(width: Int?) -> String {
        let rows = HelpTopic.all.map { ($0.name, $0.about) }
        return HelpPage.block("TOPICS ('holdfast help TOPIC'):", rows, width: width)
    }

    private static func unknown(_ name: String) -> Failure {
        let verbs = HoldfastCommand.configuration.subcommands.map { $0._commandName }
        let meant = Likeness.nearest(to: name, among: verbs + HelpTopic.all.map(\.name))
        return Failure(
            .usage, "there is no verb and no topic '\(name)'",
            remedy: meant.map { "did you mean 'holdfast help \($0)'?" } ?? "'holdfast help' lists them")
    }
}
