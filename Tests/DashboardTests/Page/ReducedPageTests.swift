import Domain
import FoundationEssentials
import Testing

@testable import Dashboard

/// What everybody on the machine may see says nothing that a session, a user or a provider said.
@Suite struct ReducedPageTests {
    /// Every text of the status becomes a secret, but for times and the words that are ours.
    @Test(arguments: Samples.full + ["reduced"])
    func holdsNothingThatOthersSaid(name: String) throws {
        var number = 0
        let status = marked(try Samples(name: name).status, named: "", &number)
        #expect(number > 15)
        let html = try Samples.page.get().reduced(status: status)
        #expect(!html.contains("SECRET"))
        #expect(html.contains("Holdfast"))
    }

    @Test func holdsNoKeySessionErrorOrProvider() throws {
        let status = try Samples(name: "circuit-open").status
        let html = try Samples.page.get().reduced(status: status)
        for failure in status.list("recent_failures") {
            for name in ["dispatch_key", "session_id", "episode_id", "message"] {
                #expect(!html.contains(failure.text(name)), "\(name)")
            }
        }
        for words in ["openai", "gpt-large", "529", "1a2b3c4d\"", "redis.sock", "0.1.0", status.text("sentence")] {
            #expect(!html.contains(words), "\(words)")
        }
        #expect(!html.contains("data-full"))
        #expect(!html.contains("<form"))
    }

    @Test func saysHowItStandsInWordsOfOurs() {
        func sentence(_ service: JSONValue, _ kinds: String...) -> String {
            let troubles = kinds.map { JSONValue.object(["kind": .string($0), "what": "key coder/issue-430"]) }
            return PublicStatus.sentence(["service_status": service, "troubles": .array(troubles)])
        }
        let more = "Run 'holdfast status' or open the page with its token for more."
        #expect(sentence("running") == "All is well.")
        #expect(sentence("degraded", "provider_auth") == "Degraded: provider auth. \(more)")
        #expect(
            sentence("stopped", "companion_gone", "memory_behind")
                == "Stopped: companion gone and 1 other trouble. \(more)")
        #expect(
            sentence("degraded", "circuit_forced", "no_capture", "budget_low")
                == "Degraded: circuit forced and 2 other troubles. \(more)")
        #expect(sentence("degraded", "key sk-123: <b>") == "Degraded: unknown. \(more)")
        #expect(sentence("<script>") == "Unknown. \(more)")
    }

    private func marked(_ value: JSONValue, named name: String, _ number: inout Int) -> JSONValue {
        switch value {
        case .object(let members):
            var changed: [String: JSONValue] = [:]
            for (name, member) in members { changed[name] = marked(member, named: name, &number) }
            return .object(changed)
        case .array(let elements): return .array(elements.map { marked($0, named: name, &number) })
        case .string(let text):
            // Host and state of the circuit are public.
            if ISOTime.milliseconds(text) != nil || name == "host" || name == "state" { return value }
            number += 1
            return .string("SECRET\(number)")
        default: return value
        }
    }
}
