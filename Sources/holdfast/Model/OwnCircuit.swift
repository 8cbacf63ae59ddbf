internal import Domain
internal import LanguageModel
internal import Redis
internal import Storage

extension RedisConnection {
    /// The circuit of the provider that is configured here; nil before it was used. The companion may see another
    /// environment than this shell, and so another key: then it is the provider's that was checked last.
    mutating func ownCircuit(_ settings: Settings) throws(RedisError) -> Circuit? {
        let kind = settings.configuration.provider.kind
        let all = try circuits(settings.keys).filter { $0.provider.name == kind.rawValue }
        let fingerprint = (try? ProviderSettings(settings))?.fingerprint
        return all.first { $0.provider.fingerprint == fingerprint }?.circuit
            ?? all.max { $0.circuit.lastCheckMilliseconds < $1.circuit.lastCheckMilliseconds }?.circuit
    }
}
