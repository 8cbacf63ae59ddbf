internal import Domain
internal import Transcripts

extension Vault {
    /// Takes in anew what is known to be damaged, where the file still has just that: its SHA-256 tells.
    func mend(
        _ number: Int, of request: KeepRequest, _ file: OpenFile, _ size: Int64,
        _ filter: ([UInt8], Int64) -> KeptBytes
    ) throws(VaultError) {
        let damaged = try read { database in
            try Generation.all(of: request.session.rawValue, name: request.name, database)
                .first { $0.generation == number }
                .map { try Segment.all(of: $0.number, database) }?.filter { !$0.damage.isEmpty } ?? []
        }
        for segment in damaged where segment.range.upperBound <= size {
            let bytes = try file.bytes(from: segment.range.lowerBound, count: segment.range.count)
            let kept = filter(bytes, segment.range.lowerBound)
            let sha256 = Digest.hexadecimal(kept.bytes)
            guard sha256 == segment.sha256 else { continue }
            let head = SegmentHead(
                session: request.session.rawValue, name: request.name, generation: number,
                from: segment.range.lowerBound, to: segment.range.upperBound, kept: kept.bytes.count, sha256: sha256,
                tail: segment.tail, cuts: kept.cuts, path: request.path, configDirectory: request.configDirectory,
                cwd: request.cwd, branch: request.branch, commit: request.commit, host: request.host,
                takenMilliseconds: request.nowMilliseconds)
            try store(head, kept.bytes, instead: [segment])
        }
    }
}
