import Domain
import FoundationEssentials
import Testing

@testable import Dashboard
@testable import Operations

/// What everybody on the machine may see says nothing that a session, a user or a provider said.
@Suite struct ReducedPageTests {
    /// Every text of the status becomes a secret, but for times and the words that are ours.
    @Test(arguments: Samples.full + ["reduced"])
    func holdsNothingThatOthersSaid(name: String) throws {
        var number = 0
        let status = marked(try Samples(name: name).inputs.part("status"), named: "", &number)
        #expect(number > 10)
        let html = try Samples.page.get().reduced(status: try Samples.status(status))
        #expect(!html.contains("SECRET"))
        #expect(html.contains("Holdfast"))
    }

    @Test func holdsNoKeySessionErrorOrProvider() throws {
        let status = try Samples(name: "circuit-open").status
        let html = try Samples.page.get().reduced(status: status)
        for failure in status.recent_failures {
            for text in [failure.dispatch_key, failure.session_id, failure.episode_id, failure.message] {
                #expect(!html.contains(text), "\(text)")
            }
        }
        for words in ["openai", "gpt-large", "529", "1a2b3c4d\"", "redis.sock", "0.1.0", status.sentence] {
            #expect(!html.contains(words), "\(words)")
        }
        #expect(!html.contains("data-full"))
        #expect(!html.contains("<form"))
    }

    @Test func saysHowItStandsInWordsOfOurs() {
        func sentence(_ service: Status.Service, _ kinds: Trouble.Kind...) -> String {
            var status = Status(host: "box-1", observedAt: Timestamp(0))
            status.service_status = service
            status.troubles = kinds.map { Trouble($0, "key coder/issue-430", atRisk: "", remedy: "") }
            return PublicStatus.sentence(status)
        }
        let more = "Run 'holdfast status' or open the page with its token for more."
        #expect(sentence(.running) == "All is well.")
        #expect(sentence(.degraded, .provider_auth) == "Degraded: provider auth. \(more)")
        #expect(
            sentence(.stopped, .companion_gone, .memory_behind)
                == "Stopped: companion gone and 1 other trouble. \(more)")
        #expect(
            sentence(.degraded, .circuit_forced, .no_capture, .budget_low)
                == "Degraded: circuit forced and 2 other troubles. \(more)")
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
            if Samples.isOurs(text) || name == "host" || name == "state" { return value }
            number += 1
            return .string("SECRET\(number)")
        default: return value
        }
    }
}
