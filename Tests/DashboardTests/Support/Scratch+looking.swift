internal import Glibc
internal import Platform
internal import TestSupport

extension Scratch {
    var names: [String] { ((try? Files.names(in: path)) ?? []).sorted() }

    func mode(of name: String) -> Int? {
        (try? Files.status("\(path)/\(name)", followingLinks: false)).map { Int($0.st_mode & 0o7777) }
    }
}
