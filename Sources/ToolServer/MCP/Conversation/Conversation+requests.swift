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

extension Conversation {
    mutating func call(
        _ request: Request, in version: ProtocolVersion, answer: Destination
    ) throws(RPCError) -> [Action] {
        guard let name = request.parameters["name"]?.string else {
            throw .invalidParameters("name of the tool is missing or no string")
        }
        guard let tool = toolsByName[name] else {
            let known = tools.map(\.name).sorted().joined(separator: ", ")
            throw .invalidParameters("unknown tool \(JSONValue.string(name.shortened()).text); known: \(known)")
        }
        guard calls[request.id] == nil else { throw .invalidRequest("a call with this id is running") }
        guard !calls.isFull else { throw .internal("\(limits.waiting) calls wait already; ask again later") }
        let arguments: Arguments
        do throws(ToolError) {
            arguments = try check(request.parameters["arguments"], for: tool)
            guard !calls.isClogged else {
                throw ToolError(
                    .internal, "\(limits.abandoned) calls hang and did not come back",
                    remedy: "reconnect this MCP server; `holdfast doctor` shows what hangs")
            }
        } catch {
            return reply(Outgoing.result(CallOutcome.failure(error).rendered(for: version), to: request.id), answer)
        }
        lastCall += 1
        let call = Call(id: CallID(number: lastCall), tool: name, arguments: arguments)
        calls.add(.init(call: call, request: request, destination: answer, deadline: tool.deadline))
        return [.expire(call.id, after: tool.deadline)] + startWaiting()
    }

    /// Bad arguments are a failure of the tool, not of the protocol: the model reads it and can do better.
    private func check(_ given: JSONValue?, for tool: Tool) throws(ToolError) -> Arguments {
        var faults: [String] = []
        var values: [String: JSONValue] = [:]
        switch given {
        case nil, .null: faults = ArgumentCheck(schema: tool.inputSchema).faults(of: [:])
        case .object(let members):
            values = tool.renamed(members)
            faults = ArgumentCheck(schema: tool.inputSchema).faults(of: values)
        case .some(let other): faults = ["arguments is \(other.text.shortened()); allowed: an object"]
        }
        guard !faults.isEmpty else { return Arguments(values) }
        // A list of a thousand wrong elements is told by its first.
        let told = faults.prefix(5) + (faults.count > 5 ? ["\(faults.count - 5) more"] : [])
        throw ToolError(.invalid, told.joined(separator: "; "), remedy: "correct this and call \(tool.name) again")
    }

    /// A call has come back.
    mutating func finished(_ id: CallID, _ outcome: CallOutcome) -> [Action] {
        var actions: [Action] = []
        if let entry = calls.end(id) { actions = answer(entry, outcome) }
        return actions + startWaiting() + finishIfDone()
    }

    /// A call's deadline has come.
    mutating func expired(_ id: CallID) -> [Action] {
        guard let entry = calls.abandon(id) else { return [] }
        let seconds = JSONValue.number(entry.deadline.inSeconds)
        let what = entry.isRunning ? "did not answer within" : "waited behind \(limits.running) other calls for"
        let error = ToolError(
            .timeout, "\(entry.call.tool) \(what) \(seconds.text) s",
            remedy: "call again; `holdfast doctor` shows what is slow")
        let cancelled: [Action] = entry.isRunning ? [.cancel(id)] : []
        return answer(entry, .failure(error)) + cancelled + startWaiting() + finishIfDone()
    }

    /// The client takes a request back: no answer is sent. What came too late, or was never asked, is let go.
    mutating func cancel(_ request: Identifier) -> [Action] {
        guard let id = calls[request], let entry = calls.abandon(id) else { return [] }
        let cancelled: [Action] = entry.isRunning ? [.cancel(id)] : []
        return cancelled + reply(nil, entry.destination) + startWaiting() + finishIfDone()
    }

    mutating func progressed(_ id: CallID, _ progress: Progress) -> [Action] {
        guard let version, let token = calls[id]?.request.parameters.progressToken,
            calls.advance(id, to: progress.done) != nil
        else { return [] }
        var progress = progress
        if progress.total?.isFinite == false { progress.total = nil }
        return [.send(Outgoing.progress(progress, for: token, in: version))]
    }

    private mutating func startWaiting() -> [Action] {
        calls.start().map(Action.start)
    }

    private mutating func answer(_ entry: CallTable.Entry, _ outcome: CallOutcome) -> [Action] {
        // Calls begin after `initialize` only.
        let result = outcome.rendered(for: version ?? .newest)
        return reply(Outgoing.result(result, to: entry.request.id), entry.destination)
    }
}
