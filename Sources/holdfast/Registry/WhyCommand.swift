internal import ArgumentParser
internal import Capture
internal import Domain
internal import Operations
internal import Redis
internal import Settings

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tells in a paragraph what the next dispatch of a key will do, why, and what changed last.",
        discussion: """
            Looks only: drops and counts nothing.

            Example:
              holdfast why coder/issue-430
            """
    )

    @Argument(help: "The dispatch key.")
    var key: String

    @OptionGroup var output: JSONOption

    private struct Answer: Encodable {
        let dispatch_key: String
        let verdict: LookupVerdict
        let session_id: String?
        let paragraph: String
        let last_change: Event?
    }

    func run() throws {
        try reporting {
            let key = try DispatchKey(key)
            let place = try Workplace()
            let result = try place.lookUp(key, peek: true, notice: Terminal.complain)
            let event = try result.isFromMirror ? nil : place.lastEvent(of: key)
            let paragraph = Self.paragraph(key, result, event)
            if output.json {
                try Terminal.printJSON(
                    Answer(
                        dispatch_key: key.rawValue, verdict: result.verdict, session_id: result.session?.rawValue,
                        paragraph: paragraph, last_change: event))
            } else {
                print(paragraph)
            }
        }
    }

    static func paragraph(_ key: DispatchKey, _ result: SessionLookup.Result, _ event: Event?) -> String {
        let session = result.session.map { "session \($0)" } ?? "a session"
        let used = "last used \(Terminal.ago(result.lastUsedMilliseconds))"
        var sentences: [String] =
            switch result.verdict {
            case .resumable:
                [
                    "The next dispatch of \(key) resumes \(session), \(used): its transcript is here and nobody drives it."
                ]
            case .busy: ["The next dispatch of \(key) waits, or exits 75: another run drives \(session)."]
            case .elsewhere where result.isOtherConfigDirectory:
                ["The next dispatch of \(key) starts fresh: \(session), \(used), lies under \(result.configDirectory)."]
            case .elsewhere:
                [
                    "The next dispatch of \(key) tries \(session), \(used): it was made on \(result.host) and is not known here."
                ]
            case .expired:
                ["The next dispatch of \(key) starts fresh: \(session) was unused for longer than max_session_age_ms."]
            case .missing: ["The next dispatch of \(key) starts fresh: the transcript of \(session), \(used), is gone."]
            case .none: ["The next dispatch of \(key) starts fresh: the key has no session."]
            }
        let remedy = result.verdict.remedy(key: key, host: result.host, configDirectory: result.configDirectory)
        sentences.append("What to do: \(remedy).")
        if let doubt = result.doubt { sentences.append("The transcript could not be looked for: \(doubt).") }
        if result.isFromMirror { sentences.append("Redis is away; this is what the mirror says.") }
        if let event { sentences.append("Last change: session \(event.words), \(Terminal.ago(event.milliseconds)).") }
        return sentences.joined(separator: " ")
    }
}
