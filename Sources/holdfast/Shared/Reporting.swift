internal import ArgumentParser
internal import Operations

/// Runs a command's work and turns what it throws into one line on stderr and an exit code.
func reporting(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let exit as ExitCode {
        throw exit
    } catch {
        let failure = Failure(of: error)
        Terminal.complain(failure.message)
        throw ExitCode(failure.code.rawValue)
    }
}
