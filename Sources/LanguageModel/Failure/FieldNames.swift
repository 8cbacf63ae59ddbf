/// The fields of error bodies, by what they hold; spelled as `ErrorCode.normal` does.
enum FieldNames {
    static let codes: Set = [
        "code", "type", "status", "reason", "name", "errno", "errorcode", "errortype", "exception", "kind", "errcode",
        "quotaid", "limitsource", "subtype",
    ]
    static let statuses: Set = ["statuscode", "httpstatus", "httpstatuscode", "httpcode", "apierrorstatus"]
    static let messages: Set = [
        "message", "msg", "detail", "details", "error", "errors", "errormessage", "errordescription", "title", "raw",
        "cause", "errormsg", "failurereason", "reasonphrase", "statustext", "stderr",
    ]
    /// Strings looked into only for a further value: clients put whole replies here.
    static let wrappings: Set = ["body", "responsebody", "data", "response", "upstreamerror", "innererror", "result"]
    static let endings: Set = ["finishreason", "stopreason", "blockreason", "nativefinishreason"]
    static let waits: Set = [
        "retrydelay", "retryafter", "retryafterseconds", "retryaftersecs", "retryafterms", "resetsinseconds",
        "resetinseconds", "estimatedtime", "resetsat", "xratelimitreset", "ratelimitreset",
    ]
    /// What the caller sent, and what the model said: neither tells why a call failed.
    static let notOurs: Set = [
        "input", "prompt", "messages", "content", "contents", "request", "requestbody", "requestbodyvalues", "config",
        "text", "output", "delta", "failedgeneration", "system", "tools", "params", "ctx", "thinking", "arguments",
        "instructions", "contentfilterresult", "contentfilterresults", "stack", "userid", "requestid", "loc", "links",
    ]
    static let nothing: Set = ["null", "none", "nil", "<nil>", "undefined", "false", "true", "error", "object"]
}
