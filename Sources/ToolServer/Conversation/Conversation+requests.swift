internal import Domain

extension Conversation {
    mutating func handle(_ request: Request, answer: Destination) -> [Action] {
        do throws(RPCError) {
            switch request.method {
            case "initialize": return reply(Outgoing.result(try greet(request, answer), to: request.id), answer)
            case "ping": return reply(Outgoing.result([:], to: request.id), answer)
            case "tools/list":
                let version = try known(request)
                let listed = tools.map { $0.listed(for: version) }
                return reply(Outgoing.result(["tools": .array(listed)], to: request.id), answer)
            case "tools/call":
                let version = try known(request)
                return try call(request, in: version, answer: answer)
            // Also before `initialize`: clients of later revisions ask for a method of theirs to learn whom they talk to.
            default: throw .methodNotFound(request.method)
            }
        } catch {
            return reply(Outgoing.error(error, to: request.id), answer)
        }
    }

    private mutating func greet(_ request: Request, _ answer: Destination) throws(RPCError) -> JSONValue {
        guard version == nil else { throw .invalidRequest("initialize came before") }
        guard answer == .line else { throw .invalidRequest("initialize in a batch") }
        guard let asked = request.parameters["protocolVersion"]?.string else {
            let known = ProtocolVersion.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameters("protocolVersion is missing or no string; known: " + known)
        }
        let agreed = ProtocolVersion.answer(to: asked)
        version = agreed
        return info.greeting(in: agreed)
    }

    private func known(_ request: Request) throws(RPCError) -> ProtocolVersion {
        guard let version else { throw .invalidRequest("\(request.method) before initialize") }
        return version
    }
}
