internal import ArgumentParser
internal import Domain

/// What a word of ours means, in a page. Verbs tell what they do; this tells what they do it with.
struct HelpTopic: Encodable {
    let name: String
    /// In a few words.
    let about: String
    /// Paragraphs; lines that stand in are kept as they are.
    let text: String

    init(_ name: String, _ about: String, _ text: String) {
        self.name = name
        self.about = about
        self.text = text
    }

    static func named(_ name: String) -> HelpTopic? { all.first { $0.name == name } }

    func page(width: Int?) -> String {
        let verb = HoldfastCommand.configuration.subcommands.contains { $0._commandName == name }
        let more = verb ? "\n\nHow it is called: holdfast \(name) --help" : ""
        return HelpPage.flow("\(name): \(about)\n\n\(text)\(more)", width: width)
    }
}
