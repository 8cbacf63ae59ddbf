internal import Domain

extension Status {
    /// Sums of the ledger over the transcripts of the rolling period, as the companion last made them.
    package struct Ledger: Codable, Sendable {
        package var at: Timestamp
        package var transcripts: Int
        /// captured + pending + excluded + missing.
        package var bytes: Int64
        package var captured: Int64
        package var pending: Int64
        package var excluded: Int64
        package var missing: Int64

        init(_ sums: LedgerSums) {
            at = Timestamp(sums.milliseconds)
            transcripts = Int(sums.transcripts)
            bytes = sums.bytes
            captured = sums.captured
            pending = sums.pending
            excluded = sums.excluded
            missing = sums.missing
        }
    }
}

/// None before it was added up for the first time.
extension Status.Ledger?: StatusSection {
    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge(
                "holdfast_ledger_bytes", "Bytes of the transcripts of the rolling period, by what became of them.",
                by: "state",
                [
                    ("captured", self?.captured ?? 0), ("pending", self?.pending ?? 0),
                    ("excluded", self?.excluded ?? 0), ("missing", self?.missing ?? 0),
                ]),
            .gauge(
                "holdfast_ledger_timestamp_seconds", "When the ledger was added up last; 0 for not yet.",
                when: self?.at),
        ]
    }

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        guard let sums = self, sums.missing > 0 else { return [] }
        return [
            Trouble(
                .words_missing,
                "\(sums.missing) bytes of transcripts count as captured and are in no episode", since: nil,
                atRisk: "what they say, once their transcripts are deleted",
                remedy: "holdfast verify --repair reads them again; holdfast verify names their sessions")
        ]
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        guard let sums = self else { return [] }
        let isWhole = sums.missing == 0
        return [
            Evidence(
                .captured, by: "the ledger", "bytes are missing", succeeded: isWhole ? sums.at : nil,
                failed: isWhole ? nil : sums.at)
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard let sums = self else { return StatusRow("ledger", "not counted yet; 'holdfast verify' counts now") }
        return StatusRow(
            "ledger",
            "\(sums.bytes) bytes = \(sums.captured) captured + \(sums.pending) pending + \(sums.excluded) excluded + \(sums.missing) missing"
        )
    }

    package func facts(in status: Status) -> [Fact] {
        let kinds = [
            ("Captured", "captured", self?.captured), ("Pending", "pending", self?.pending),
            ("Excluded by the filter", "excluded", self?.excluded), ("Missing", "missing", self?.missing),
        ]
        return kinds.map { term, kind, bytes in
            Fact(term, .bytes("ledger.\(kind)", bytes ?? 0)).legend(of: kind)
        }
    }
}
