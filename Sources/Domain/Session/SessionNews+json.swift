extension SessionNews {
    /// The news as one JSON object, as `JSONEncoder` would write it. By hand, since every hook writes it, and looking up
    /// the encoder's conformances took a quarter of a hook's time.
    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.kind, kind.rawValue)
        object.add(.sessionID, sessionID.rawValue)
        if let dispatchKey { object.add(.dispatchKey, dispatchKey.rawValue) }
        object.add(.moment, raw: moment.json)
        object.add(.host, host)
        object.add(.maxSessionAgeMilliseconds, raw: String(maxSessionAgeMilliseconds))
        object.add(.configDirectory, configDirectory)
        object.add(.cwd, cwd)
        object.add(.transcriptPath, transcriptPath)
        object.add(.transcript, transcript.rawValue)
        object.add(.projectsFolder, projectsFolder)
        if let process { object.add(.process, raw: process.json) }
        // `joined` looks up conformances for what a loop does.
        var above = "["
        for ancestor in ancestors { above += (above == "[" ? "" : ",") + ancestor.json }
        object.add(.ancestors, raw: above + "]")
        if let outerSession { object.add(.outerSession, outerSession.rawValue) }
        object.add(.source, source)
        object.add(.reason, reason)
        object.add(.model, model)
        object.add(.startIsNotPending, raw: startIsNotPending ? "true" : "false")
        object.add(.isKept, raw: isKept ? "true" : "false")
        return object.text
    }
}

extension Moment {
    fileprivate var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.wallMilliseconds, raw: String(wallMilliseconds))
        object.add(.bootID, bootID)
        object.add(.bootMilliseconds, raw: String(bootMilliseconds))
        return object.text
    }
}

extension ClientProcess {
    fileprivate var json: String { "{\"pid\":\(pid),\"start_ticks\":\(startTicks)}" }
}
