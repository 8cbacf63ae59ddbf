internal import Archive
internal import ArgumentParser
internal import Domain
internal import Redis
internal import Storage

/// Why a command ends, with the exit code that tells a script.
struct Failure: Error {
    enum Code: Int32 {
        case no = 1
        case usage = 64
        case badInput = 65
        case redisUnavailable = 69
        case busy = 75
        case configuration = 78
    }

    var code: Code
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: RedisError) {
        let remedy =
            switch error {
            case .unreachable: "; run 'holdfast up', or set redis.url in holdfast.json"
            case .timedOut: "; see whether it hangs"
            case .notNow(let message) where ["NOAUTH", "WRONGPASS", "NOPERM"].contains { message.hasPrefix($0) }:
                "; mend user and password in redis.url"
            case .notNow: "; try again in a moment"
            case .rejected, .unexpectedReply: ""
            }
        self.init(.redisUnavailable, "\(error)\(remedy)")
    }
}

/// Runs a command's work and turns what it throws into one line on stderr and an exit code.
func reporting(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let failure as Failure {
        Terminal.complain(failure.message)
        throw ExitCode(failure.code.rawValue)
    } catch let error as ConfigurationError {
        Terminal.complain("\(error)")
        throw ExitCode(Failure.Code.configuration.rawValue)
    } catch let error as ArchiveError {
        Terminal.complain("\(error)")
        switch error {
        case .rejected: throw ExitCode(Failure.Code.badInput.rawValue)
        case .onNetworkFileSystem, .newer: throw ExitCode(Failure.Code.configuration.rawValue)
        case .unavailable, .full, .corrupt: throw ExitCode(Failure.Code.no.rawValue)
        }
    } catch let error as RedisError {
        Terminal.complain(Failure(error).message)
        throw ExitCode(Failure.Code.redisUnavailable.rawValue)
    } catch let error as DispatchKey.Invalid {
        Terminal.complain("\(error)")
        throw ExitCode(Failure.Code.badInput.rawValue)
    } catch let error as FileError {
        Terminal.complain("\(error)")
        throw ExitCode(Failure.Code.no.rawValue)
    }
}
