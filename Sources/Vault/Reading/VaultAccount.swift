package import Domain
internal import GRDB
internal import Transcripts

/// What became in the vault of the bytes of one file: kept + pending + excluded is what lies on disk.
package struct VaultAccount: Sendable, Equatable {
    package var bytes: Int64 = 0
    package var kept: Int64 = 0
    /// Not kept, or damaged.
    package var pending: Int64 = 0
    /// Bytes of which nothing is to be kept, by reason.
    package var excluded: [String: Int64] = [:]

    package init(bytes: Int64) {
        self.bytes = bytes
        pending = bytes
    }

    /// Nothing more of it is to be kept.
    package mutating func excludeRest(_ reason: String) {
        guard pending > 0 else { return }
        excluded[reason, default: 0] += pending
        pending = 0
    }

    package static func += (sum: inout VaultAccount, other: VaultAccount) {
        sum.bytes += other.bytes
        sum.kept += other.kept
        sum.pending += other.pending
        sum.excluded.merge(other.excluded, uniquingKeysWith: +)
    }
}

extension Vault {
    /// Accounts for a file as it lies on disk, by the index alone and a look at the file's last 4 KB.
    package func account(
        of session: SessionID, name: String, path: String
    ) throws(VaultError) -> VaultAccount {
        try withFile(path) { file throws(VaultError) in
            let size = try file.size()
            var account = VaultAccount(bytes: size)
            for generation in try read({ try Generation.all(of: session.rawValue, name: name, $0) }) {
                let segments = try read { try Segment.all(of: generation.number, $0) }
                guard let end = try end(of: generation, segments, in: file, size) else { continue }
                account.pending = size
                for segment in segments
                where segment.range.upperBound <= end && segment.damage.isEmpty && !segment.isLost {
                    account.pending -= Int64(segment.range.count)
                    account.kept += Int64(segment.kept)
                    for cut in segment.cuts { account.excluded[cut.reason, default: 0] += cut.excluded }
                }
                break
            }
            return account
        }
    }

    /// - Returns: up to where the file is what a generation was; nil where it is another.
    private func end(
        of generation: Generation, _ segments: [Segment], in file: OpenFile, _ size: Int64
    ) throws(VaultError) -> Int64? {
        if generation.end <= size {
            return try file.tail(before: generation.end) == generation.tail ? generation.end : nil
        }
        // It was longer when it was kept: whole segments of it count.
        guard let last = segments.last(where: { $0.range.upperBound <= size }) else { return nil }
        return try file.tail(before: last.range.upperBound) == last.tail ? last.range.upperBound : nil
    }
}
