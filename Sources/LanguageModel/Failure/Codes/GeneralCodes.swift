internal import Domain

/// Codes that name a family of reasons. Within it a message may say more.
enum GeneralCodes {
    struct Rule: Sendable {
        let reason: FailureReason
        /// What a message may make of it; nil: anything.
        let admitted: Set<FailureCategory>?
    }

    static let ofRates: Set<FailureCategory> = [
        .rateLimit, .quota, .overloaded, .permission, .auth, .requestTooLarge, .modelNotFound,
    ]
    private static let ofAccess: Set<FailureCategory> = [.permission, .auth, .quota, .modelNotFound, .contentFilter]

    static func rule(_ code: String) -> Rule? { table[code] }

    /// Names: https://grpc.io/docs/guides/status-codes/, https://docs.anthropic.com/en/api/errors,
    /// https://platform.openai.com/docs/guides/error-codes, the exceptions of
    /// https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and LiteLLM's
    /// https://docs.litellm.ai/docs/exception_mapping
    private static let table: [String: Rule] = {
        var table: [String: Rule] = [:]
        func add(_ reason: FailureReason, _ admitted: Set<FailureCategory>?, _ codes: [String]) {
            for code in codes { table[code] = Rule(reason: reason, admitted: admitted) }
        }
        add(
            .plain(.rateLimit), ofRates,
            [
                "ratelimiterror", "ratelimitexceeded", "ratelimit", "ratelimited", "rpmratelimitexceeded",
                "tpmratelimitexceeded", "ratelimitreachederror", "toomanyrequests", "toomanyrequestserror",
                "toomanyrequestsexception", "throttlingexception", "throttling", "throttlingerror", "throttled",
                "requestlimitexceeded", "requestthrottled", "requestthrottledexception", "resourceexhausted",
                "ratequota", "limitrequests", "limitburstrate", "tokens", "requests", "ratelimitexceedederror",
                "userratelimitexceeded", "userratelimitreached", "tokenquotaexceeded", "requestquotaexceeded",
                "concurrencylimitexceeded",
            ])
        add(
            .plain(.overloaded), [.overloaded, .rateLimit, .quota, .timeout, .permission],
            [
                "unavailable", "unavailableerror", "serviceunavailable", "serviceunavailableerror",
                "serviceunavailableexception", "overloaded",
            ])
        add(
            .plain(.permission), ofAccess,
            [
                "permissionerror", "permissiondenied", "permissiondeniederror", "accessdenied", "accessdeniedexception",
                "forbidden", "requestforbidden", "notauthorized", "optinrequired", "accessdeniederror",
            ])
        add(.plain(.auth), [.auth, .quota, .permission], ["unauthenticated", "unauthorized", "unauthorizederror"])
        add(
            .plain(.aborted), [.aborted, .timeout],
            ["aborterror", "canceled", "cancelled", "cancellederror", "cancelederror"])
        add(
            .plain(.timeout), [.timeout, .overloaded, .serverError],
            [
                "timeouterror", "timeout", "deadlineexceeded", "gatewaytimeout", "requesttimeout", "apitimeouterror",
                "timeoutexception", "apiconnectiontimeouterror", "readtimeout", "connecttimeout", "readtimeouterror",
                "connecttimeouterror", "modeltimeoutexception", "requesttimeoutexception",
            ])
        // LiteLLM gives this name to whatever it does not know.
        add(.plain(.network), nil, ["apiconnectionerror", "connectionerror"])
        return table
    }()

    /// Codes that say which side is at fault and no more: less than a telling status does.
    ///
    /// OpenAI gives `invalid_request_error` with 401, 403 and 404 too, proxies `api_error` with anything.
    static let weak: [String: FailureReason] = {
        var table: [String: FailureReason] = [:]
        for code in [
            "invalidrequesterror", "badrequesterror", "invalidargument", "failedprecondition", "validationexception",
            "validationerror", "badrequest", "invalidrequest", "unprocessableentity", "unprocessableentityerror",
            "outofrange", "unimplemented", "alreadyexists", "invalidparameter", "invalidparametererror",
            "notfounderror",
            "notfound", "resourcenotfoundexception", "resourcenotfound", "invalidvalue", "valueerror", "conflict",
            "missing", "requestvalidationerror", "invalidinput", "invalidparametervalue",
        ] { table[code] = .plain(.invalidRequest) }
        for code in [
            "apierror", "servererror", "internal", "internalerror", "internalservererror", "internalservererrorerror",
            "dataloss", "aborted", "internalserverexception", "internalfailure", "modelerrorexception", "badgateway",
            "modelstreamerrorexception", "upstreamerror", "providererror", "badgatewayerror", "servererrorexception",
            "providerunavailable", "provideroverloaded",
        ] { table[code] = .plain(.serverError) }
        return table
    }()
}
