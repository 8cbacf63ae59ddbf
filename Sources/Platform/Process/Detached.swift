internal import CPlatform
internal import Glibc

/// Programs that outlive this process.
package enum Detached {
    /// Starts a program, with this process's environment, that outlives whoever kills this process, too.
    package static func start(_ path: String, arguments: [String]) -> Bool {
        unsafe CStrings.with([path] + arguments) { arguments in unsafe holdfast_detach(path, arguments, environ) == 0 }
    }
}
