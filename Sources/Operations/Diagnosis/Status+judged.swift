internal import Domain

extension Status {
    /// The same with what follows from it: level, troubles, sentence.
    /// - Parameter date: gives troubles their beginning that have none.
    func judged(by clues: Clues, date: ([Trouble]) -> [Trouble] = { $0 }) -> Status {
        var status = self
        let standing: DegradationLevel =
            status.redis.available && status.llm_status.provider != "none" && clues.providerError.isEmpty
            ? DegradationLevel(circuit: Circuit.State(rawValue: status.circuit.state) ?? .closed) : .rawOnly
        status.level = standing.rawValue
        status.level_name = standing.title
        status.level_reason =
            if standing == .full {
                ""
            } else if !status.redis.available {
                "Redis is away"
            } else if status.llm_status.provider == "none" {
                "no provider is configured"
            } else if !clues.providerError.isEmpty {
                "\(status.llm_status.provider) cannot be used: \(clues.providerError)"
            } else {
                "the circuit of \(status.llm_status.provider) is \(status.circuit.state): \(status.circuit.reason)"
            }
        let diagnosis = Diagnosis(status: status, clues: clues)
        status.troubles = date(diagnosis.troubles)
        status.service_status = diagnosis.service
        status.sentence = diagnosis.sentence(of: status.troubles)
        return status
    }
}
