internal import Archive
internal import Domain
internal import LanguageModel
internal import Logging
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// What may be spent in a day.
extension Drain {
    static var today: String { String(ISOTime.text(HostClock.wallMilliseconds).prefix(10)) }

    var isBudgetSpent: Bool {
        configuration.dailyTokenBudget > 0 && spent.day == Self.today && spent.tokens >= configuration.dailyTokenBudget
    }

    func count(_ input: Int64, _ output: Int64, of lease: Lease) async {
        await count(input, output, ofAgent: lease.dispatchKey?.agent ?? DispatchKey.defaultAgent)
    }

    func count(_ input: Int64, _ output: Int64, ofAgent agent: String) async {
        guard input + output > 0 else { return }
        let cost = Double(input) * configuration.inputPrice + Double(output) * configuration.outputPrice
        do throws(RedisError) {
            let tokens = try await client.run(
                queue.spending(
                    agent: agent, input: input, output: output, microDollars: Int64(cost)))
            let wasSpent = isBudgetSpent
            spent = (Self.today, tokens)
            guard isBudgetSpent, !wasSpent else { return }
            logger.warning(
                "the day's token budget is spent; memories wait until midnight UTC",
                metadata: ["tokens": "\(tokens)", "budget": "\(configuration.dailyTokenBudget)"])
            await onIncident(.budgetSpent(tokens: tokens))
        } catch {
            logger.debug("tokens not counted: \(error)")
        }
    }

    /// What was spent today by all who drained this pool; asked when the drain begins.
    package func learnWhatIsSpent() async {
        do throws(RedisError) {
            let day = Self.today
            spent = (day, try await client.ask(queue.tokensSpent(on: day)))
        } catch {
            logger.debug("what was spent today is not known: \(error)")
        }
    }
}
