internal import Archive
internal import Domain
package import Redis
internal import Settings
internal import Transcripts
internal import Vault

/// Why something cannot be done, and the way out.
package struct Failure: Error {
    /// The exit code that tells a script.
    package enum Code: Int32, Sendable {
        case no = 1
        case usage = 64
        case badInput = 65
        case redisUnavailable = 69
        case busy = 75
        case configuration = 78
    }

    /// The same for tools and HTTP.
    package enum Category: String, Encodable, Sendable {
        case not_found, invalid, conflict, configuration, redis_unavailable
        case llm_unavailable, llm_auth, rate_limit, network, quota
        case archive_unavailable, failed
    }

    package var code: Code
    package var category: Category
    /// Names thing and value.
    package var reason: String
    /// Empty where the reason says it.
    package var remedy: String

    package init(_ code: Code, _ reason: String, remedy: String = "", category: Category? = nil) {
        self.code = code
        self.reason = reason
        self.remedy = remedy
        self.category =
            category
            ?? {
                switch code {
                case .no: .not_found
                case .usage, .badInput: .invalid
                case .redisUnavailable: .redis_unavailable
                case .busy: .conflict
                case .configuration: .configuration
                }
            }()
    }

    package var message: String { remedy.isEmpty ? reason : "\(reason); \(remedy)" }
}

extension Failure {
    package init(_ error: RedisError) {
        let remedy =
            switch error {
            case .unreachable: "run 'holdfast up', or set redis.url in holdfast.json"
            case .timedOut: "see whether it hangs"
            case .notNow where ["NOAUTH", "WRONGPASS", "NOPERM"].contains(error.code):
                "mend user and password in redis.url"
            case .notNow: "try again in a moment"
            // A foreign one's words say it, and a newer one's.
            case .foreign, .newer, .rejected, .unexpectedReply: ""
            }
        self.init(.redisUnavailable, "\(error)", remedy: remedy)
    }

    /// What any error of the layers below means to who asked.
    package init(of error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ConfigurationError: self.init(.configuration, "\(error)")
        case let error as ArchiveError:
            switch error {
            case .rejected: self.init(.badInput, "\(error)")
            case .onNetworkFileSystem, .newer: self.init(.configuration, "\(error)")
            case .unavailable, .full, .corrupt: self.init(.no, "\(error)", category: .archive_unavailable)
            }
        case let error as VaultError:
            switch error {
            case .rejected: self.init(.badInput, "\(error)")
            case .locked, .newer: self.init(.configuration, "\(error)")
            case .unavailable, .full, .damaged: self.init(.no, "\(error)", category: .failed)
            }
        case let error as StoreKeyError: self.init(.badInput, "\(error)")
        case let error as RestoreError: self.init(.no, "\(error)", category: .failed)
        case let error as RedisError: self.init(error)
        case let error as DispatchKey.Invalid: self.init(.badInput, "\(error)")
        default: self.init(.no, "\(error)", category: .failed)
        }
    }
}
