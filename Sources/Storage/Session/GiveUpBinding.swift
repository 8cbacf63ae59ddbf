package import Domain
package import Redis

/// A resume failed. Twin of `fail_resume.lua`.
package struct FailResume: SessionScript {
    package enum Outcome: String, Sendable {
        case dropped, kept
        /// The key has another session or none: told before, or dropped by somebody else.
        case unbound
    }

    package let keySpace: Keys
    package let argument: SessionNews
    package let ageMilliseconds: Int64

    package var source: ScriptSource { Self.text }
    static let text = ScriptText.ofSession(PackageResources.fail_resume_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Outcome {
        guard let outcome = reply.text.flatMap(Outcome.init) else {
            throw .unexpectedReply(expected: "dropped, kept or unbound")
        }
        return outcome
    }
}

/// A binding is given up without trying it. Twin of `drop_binding.lua`; answers whether the key had the session.
package struct DropBinding: SessionScript {
    package let keySpace: Keys
    package let argument: SessionNews
    package let ageMilliseconds: Int64

    package var source: ScriptSource { Self.text }
    static let text = ScriptText.plain(PackageResources.drop_binding_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool {
        guard let dropped = reply.integer else { throw .unexpectedReply(expected: "0 or 1") }
        return dropped == 1
    }
}
