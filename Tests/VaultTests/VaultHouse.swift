import Domain
import Foundation
import Platform
import TestSupport
import Testing
import Transcripts

@testable import Vault

/// A vault in a folder of its own, and files of a session to keep in it.
struct VaultHouse {
    let scratch: Scratch
    let session: SessionID

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: "0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01"))
    }

    var folder: String { scratch.path + "/vault" }
    var name: String { "\(session).jsonl" }
    var file: String { scratch.path + "/" + name }

    func open(_ seal: Seal? = nil) throws -> Vault { try Vault.open(folder, seal: seal) }

    func write(_ bytes: [UInt8], to path: String? = nil) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path ?? file))
    }

    func request(_ path: String? = nil, isAtRest: Bool = true, at now: Int64 = 1_000) -> KeepRequest {
        KeepRequest(
            session: session, name: name, path: path ?? file, configDirectory: "/c", host: "h", isOfLines: true,
            isAtRest: isAtRest, nowMilliseconds: now)
    }

    @discardableResult
    func keep(
        _ vault: Vault, _ path: String? = nil, isAtRest: Bool = true, at now: Int64 = 1_000,
        filter: @escaping Vault.Filter = { bytes, _ in KeptBytes(bytes: bytes) }
    ) throws -> KeepOutcome {
        let request = request(path, isAtRest: isAtRest, at: now)
        var outcome = try #require(try vault.keep(request) { filter })
        // Which generation it is is of no interest here.
        outcome.generation = 0
        return outcome
    }

    /// What is kept of the session's transcript.
    func content(_ vault: Vault) throws -> [UInt8] {
        try #require(try vault.session(session)?.transcript).segments.flatMap { try vault.content(of: $0) }
    }
}
