internal import Archive
internal import ArgumentParser
internal import Capture
internal import Domain
internal import Operations
internal import Settings

struct ShowMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the memory of an episode; without one yet, its digest.",
        discussion: """
            The ID may be cut to its first six digits or more.

            Example:
              holdfast memory show 3f2a9c01 --raw
            """
    )

    @Argument(help: "The episode's ID.")
    var id: String

    @Flag(help: "What was said, too.")
    var raw = false

    @OptionGroup var output: JSONOption

    struct Answer: Encodable {
        let episode_id: String
        let dispatch_key: String
        let session_id: String
        let captured_at: String
        let place: String
        let outcome: String?
        let error_type: String
        let error_message: String
        let title: String
        let digest: String
        let memory: MemoryView?
        let text: String?
    }

    func run() throws {
        try reporting {
            let place = try Workplace()
            guard let found = try place.archive().show(beginning: id) else {
                throw Failure(.no, "the archive has no episode \(id)")
            }
            let text = raw ? ConversationText.render(found.entries) : nil
            let memory = found.memory.map(MemoryView.init)
            if output.json {
                return try Terminal.printJSON(
                    Answer(
                        episode_id: found.episode.id.rawValue, dispatch_key: found.episode.dispatchKey,
                        session_id: found.episode.sessionID,
                        captured_at: ISOTime.text(found.episode.capturedMilliseconds), place: found.place.name,
                        outcome: found.place.outcome?.rawValue, error_type: found.errorType,
                        error_message: found.errorMessage, title: found.title, digest: found.digest, memory: memory,
                        text: text))
            }
            print(
                "\(found.episode.id)  \(Terminal.ago(found.episode.capturedMilliseconds))  \(found.episode.dispatchKey)\n"
            )
            if let memory {
                print(memory.lines.joined(separator: "\n"))
            } else {
                print("(no memory yet: \(found.errorMessage.isEmpty ? found.place.name : found.errorMessage))\n")
                print(found.digest)
            }
            if let text { print("\n--- what was said\n\(text)") }
        }
    }
}
