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
        /// Transcripts and places of them that could not be read.
        package var unreadable: Int64

        init(_ sums: LedgerSums) {
            at = Timestamp(sums.milliseconds)
            transcripts = Int(sums.transcripts)
            bytes = sums.bytes
            captured = sums.captured
            pending = sums.pending
            excluded = sums.excluded
            missing = sums.missing
            unreadable = sums.unreadable
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
                "holdfast_ledger_unreadable",
                "Transcripts of the rolling period, and places of transcripts, that could not be read.",
                self?.unreadable ?? 0),
            .gauge(
                "holdfast_ledger_timestamp_seconds", "When the ledger was added up last; 0 for not yet.",
                when: self?.at),
        ]
    }

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        guard let sums = self else { return [] }
        var all: [Trouble] = []
        // Where the capture tells of what it could not read it says where; here is what else there is.
        if sums.unreadable > 0, judgement.status.capture.uncaptured_sessions == 0 {
            all.append(
                Trouble(
                    .not_captured,
                    sums.unreadable == 1
                        ? "1 transcript cannot be read" : "\(sums.unreadable) transcripts cannot be read",
                    atRisk: "what they say, once they are deleted",
                    remedy: "'holdfast verify' names them and why; let this user read them"))
        }
        guard sums.missing > 0 else { return all }
        return all + [
            Trouble(
                .words_missing,
                "\(sums.missing) bytes of transcripts count as captured and are in no episode", since: nil,
                atRisk: "what they say, once their transcripts are deleted",
                remedy: "'holdfast verify --repair' reads them again; 'holdfast verify' names their sessions")
        ]
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        guard let sums = self else { return [] }
        let isWhole = sums.missing == 0, isRead = sums.unreadable == 0
        return [
            Evidence(
                .captured, by: "the ledger's transcripts", "some cannot be read", succeeded: isRead ? sums.at : nil,
                failed: isRead ? nil : sums.at),
            Evidence(
                .captured, by: "the ledger", "bytes are missing", succeeded: isWhole ? sums.at : nil,
                failed: isWhole ? nil : sums.at),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard let sums = self else { return StatusRow("ledger", "not counted yet; 'holdfast verify' counts now") }
        let unread = sums.unreadable > 0 ? "; \(sums.unreadable) cannot be read" : ""
        return StatusRow(
            "ledger",
            "\(sums.bytes) bytes = \(sums.captured) captured + \(sums.pending) pending + \(sums.excluded) excluded + \(sums.missing) missing\(unread)"
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
