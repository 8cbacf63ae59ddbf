internal import Domain

extension Status {
    /// The same with what follows from it: level, troubles, sentence.
    func judged(by clues: Clues) -> Status {
        var status = self
        let standing: DegradationLevel =
            status.redis.available && status.llm_status.provider != "none"
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
            } else {
                "the circuit of \(status.llm_status.provider) is \(status.circuit.state): \(status.circuit.reason)"
            }
        let diagnosis = Diagnosis(status: status, clues: clues)
        status.troubles = diagnosis.troubles
        status.service_status = diagnosis.service
        status.sentence = diagnosis.sentence
        return status
    }
}
