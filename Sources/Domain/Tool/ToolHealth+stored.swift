extension ToolHealth.Bucket {
    /// `<start>,<calls>,<failures>,<class>:<count> …`.
    var text: String { "\(start),\(calls),\(failures),\(durations.text)" }

    init?(text: some StringProtocol) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 4, let start = StoredNumber.of(parts[0]), let calls = StoredNumber.of(parts[1]),
            let failures = StoredNumber.of(parts[2]), calls >= 0, failures >= 0
        else { return nil }
        self.init(start: start)
        (self.calls, self.failures) = (calls, failures)
        durations = DurationSpread(text: parts[3])
    }
}
