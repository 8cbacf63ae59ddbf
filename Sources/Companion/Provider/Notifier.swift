package import Domain
internal import FoundationEssentials
internal import LanguageModel
package import Logging
internal import Platform
internal import Providers
internal import Redis
package import Settings

/// Tells people of permanent failures and of outages: in the log, and by webhook where one is configured. Delivery never
/// keeps the drain waiting.
package actor Notifier {
    /// One message, as the webhook gets it.
    struct Message: Encodable, Sendable {
        var event: String
        /// One sentence.
        var text: String
        var at: String
        var host: String
        var provider: String?
        var error_class: String?
        var episode_id: String?
        var outage_seconds: Double?
    }

    private let settings: LiveSettings
    private let host: String
    private let logger: Logger
    private let webhook: Webhook
    private let calls: RemoteCalls
    private let bell = Bell()
    private var failing: IncidentRule
    private var burying: IncidentRule
    private var waiting: [Message] = []

    /// More than these are not kept for a receiver that is away; the log has them all.
    private static let mostWaiting = 100

    /// - Throws: when what the settings name to begin with cannot be used.
    package init(
        settings: LiveSettings, host: String, calls: RemoteCalls, logger: Logger
    ) throws(ConfigurationError) {
        self.settings = settings
        self.host = host
        self.calls = calls
        self.logger = logger
        failing = IncidentRule(threshold: settings.current.configuration.notifications.threshold)
        burying = IncidentRule(threshold: 1)
        _ = try Self.receiver(settings.current)
        webhook = try Webhook(place: Self.place(settings.current))
    }

    private static func place(_ settings: Settings) -> String { settings.configFolder + "/holdfast.json" }

    /// Who is to be told; nil for nobody.
    private static func receiver(_ settings: Settings) throws(ConfigurationError) -> Webhook.Receiver? {
        let policy = settings.configuration.notifications
        guard !policy.webhookURL.isEmpty else { return nil }
        guard !policy.secretFile.isEmpty else { return Webhook.Receiver(url: policy.webhookURL, secret: nil) }
        let secret = try ProviderEndpoint.privateText(
            policy.secretFile, setting: "notifications.webhook_secret_file", place(settings))
        return Webhook.Receiver(url: policy.webhookURL, secret: Secret(secret))
    }

    package func hear(_ incident: Drain.Incident) {
        switch incident {
        case .dead(let id, let failure, let message):
            let name = failure.category.rawValue
            if burying.failed(name) {
                tell(
                    "episode_dead",
                    "An episode is given up for good (\(name)): \(message). Its words are archived; "
                        + "'holdfast episodes retry \(id)' tries again.", failure: name, episode: id, isBad: true)
            }
            hearFailure(name, message)
        case .failed(let failure, let message): hearFailure(failure.category.rawValue, message)
        case .succeeded:
            _ = burying.succeeded()
            if failing.succeeded() { tell("memories_work_again", "Memories are made again.", isBad: false) }
        case .crashed(let ids):
            for id in ids {
                tell(
                    "episode_dead",
                    "An episode is given up for good: its worker died or hung five times. Its words are archived; "
                        + "'holdfast episodes retry \(id)' tries again.", failure: "crash", episode: id, isBad: true)
            }
        case .budgetSpent(let tokens):
            tell(
                "budget_spent", "The day's token budget is spent (\(tokens) tokens); memories wait until midnight UTC.",
                isBad: true)
        }
    }

    private func hearFailure(_ name: String, _ message: String) {
        failing.threshold = settings.current.configuration.notifications.threshold
        guard failing.failed(name) else { return }
        tell(
            "failing",
            "\(failing.threshold) or more model calls failed in a row (\(name)): \(message). Nothing is lost.",
            failure: name, isBad: true)
    }

    package func hear(_ event: CircuitGate.Event) {
        switch event.change {
        case .opened:
            tell(
                "circuit_opened",
                "\(event.provider.name) is not called any more (\(event.circuit.reason)): \(event.circuit.message)",
                provider: event.provider, failure: event.circuit.reason, isBad: true)
        case .closed(let after):
            tell(
                "circuit_closed", "\(event.provider.name) is back after \(after / 1000) s.", provider: event.provider,
                outage: Double(after) / 1000, isBad: false)
        }
    }

    package func hear(_ figure: WatchedFigure) {
        let subject = figure.subject.isEmpty ? "" : " of \(figure.subject)"
        tell(
            "reliability_critical",
            "The \(figure.indicator.title)\(subject) is critical: \(figure.text). 'holdfast reliability' says more.",
            isBad: true)
    }

    /// What a person should look at: something could not be got over twice, or words may be lost.
    package func escalate(_ text: String) { tell("reliability_escalated", text, isBad: true) }

    private func tell(
        _ event: String, _ text: String, provider: ProviderID? = nil, failure: String? = nil, episode: EpisodeID? = nil,
        outage: Double? = nil, isBad: Bool
    ) {
        logger.log(level: isBad ? .error : .notice, "\(text)", metadata: ["event": "\(event)"])
        guard !settings.current.configuration.notifications.webhookURL.isEmpty else { return }
        waiting.append(
            Message(
                event: event, text: text, at: ISOTime.text(HostClock.wallMilliseconds), host: host,
                provider: provider?.description, error_class: failure, episode_id: episode?.rawValue,
                outage_seconds: outage))
        if waiting.count > Self.mostWaiting { waiting.removeFirst() }
        bell.ring()
    }

    /// Delivers until the task is cancelled: each message tried three times, 1 s and 5 s apart.
    package func run() async {
        while !Task.isCancelled {
            guard let message = waiting.first else {
                await bell.wait(atMost: .seconds(60))
                continue
            }
            waiting.removeFirst()
            await deliver(message)
        }
        await webhook.shutdown()
    }

    private func deliver(_ message: Message) async {
        guard let data = try? JSONEncoder().encode(message) else { return }
        for pause in [Duration.seconds(1), .seconds(5), .zero] {
            do {
                guard let receiver = try Self.receiver(settings.current) else { return }
                let start = ContinuousClock().now
                do {
                    try await webhook.post(String(decoding: data, as: UTF8.self), to: receiver)
                    return calls.called("webhook", took: ContinuousClock().now - start)
                } catch {
                    if !Task.isCancelled {
                        calls.called(
                            "webhook", took: ContinuousClock().now - start, failure: ToolErrorClass(of: "\(error)"))
                    }
                    throw error
                }
            } catch {
                logger.warning("the webhook did not take a message: \(error)", metadata: ["event": "\(message.event)"])
            }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }
}
