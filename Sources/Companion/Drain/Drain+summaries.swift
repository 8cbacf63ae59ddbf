internal import Domain
internal import LanguageModel

/// What who summarises sessions shares with the drain: the model, the day's budget.
extension Drain {
    /// - Returns: nil while there is none, or the day's budget is spent.
    func modelToAsk() -> ModelInUse? { isBudgetSpent ? nil : model }

    func countSummary(_ input: Int64, _ output: Int64, key: String) async {
        await count(input, output, ofAgent: (try? DispatchKey(key))?.agent ?? DispatchKey.defaultAgent)
    }
}
