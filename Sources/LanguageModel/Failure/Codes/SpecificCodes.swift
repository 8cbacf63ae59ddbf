internal import Domain

/// Codes that leave no doubt, whatever message and status say.
enum SpecificCodes {
    static func reason(_ code: String) -> FailureReason? {
        // Google names its quotas by what they count: `GenerateRequestsPerMinutePerProjectPerModel-FreeTier`.
        if code.contains("perday") { return .plain(.quota) }
        if code.contains("perminute") { return .plain(.rateLimit) }
        return table[code] ?? ConnectionCodes.reason(code)
    }

    private static let table: [String: FailureReason] = {
        var table: [String: FailureReason] = [:]
        for (category, codes) in providers {
            for code in codes { table[code] = .plain(category) }
        }
        return table
    }()

    /// OpenAI, Azure and Anthropic as in `GeneralCodes`; Google's reasons:
    /// https://cloud.google.com/apis/design/errors and googleapis/google/api/error_reason.proto; Alibaba, Moonshot,
    /// Mistral, Cerebras, GitHub Models and one-api as their users quote them.
    private static let providers: [(FailureCategory, [String])] = [
        (
            .auth,
            [
                "invalidapikey", "authenticationerror", "authenticationfailed", "apikeyinvalid", "apikeyexpired",
                "accesstokenexpired", "accesstokentypeunsupported", "credentialsmissing", "unrecognizedclientexception",
                "expiredtokenexception", "expiredtoken", "invalidsignatureexception", "invalidclienttokenid",
                "signaturedoesnotmatch", "missingauthenticationtoken", "missingauthenticationtokenexception",
                "incompletesignature", "accountdeactivated", "tokenexpired", "invalidtoken", "tokenrevoked",
                "invalidauthentication", "invalidgrant", "wrongapikey", "invalidauthenticationerror",
                "incorrectapikeyerror", "authenticationrequired", "missingapikey", "nocredentialserror",
                "credentialsprovidererror", "defaultcredentialserror", "refresherror", "unauthorizedexception",
                "expiredkey", "tokennotfoundindb", "iamauthenticationerror", "invalidissuer", "autherror",
                "invalidxapikey", "oauthtokenrevoked", "oauthtokenexpired", "tokeninvalidated", "tokeninvalid",
            ]
        ),
        (
            .quota,
            [
                "insufficientquota", "billingnotactive", "billinghardlimitreached", "billingdisabled",
                "insufficientbalance", "insufficientcredits", "budgetexceeded", "exceededbudget", "budgetexceedederror",
                "exceededcurrentquotaerror", "paymentrequired", "billingerror", "arrearage", "accountoverdueerror",
                "servicequotaexceededexception", "usagelimitreached", "usagenotincluded", "quotaexceeded",
                "insufficientuserquota", "exceededquota", "outofcredits", "freetieronly", "openrouterfreetierdaily",
                "usagelimitexceeded", "creditbalancetoolow", "insufficientfunds", "insufficientuserquotaerror",
                "dailylimitexceeded", "monthlylimitexceeded", "spendlimitexceeded", "creditsexhausted",
            ]
        ),
        (
            .permission,
            [
                "unsupportedcountryregionterritory", "servicedisabled", "consumerinvalid", "iampermissiondenied",
                "apikeyserviceblocked", "apikeyhttpreferrerblocked", "apikeyipaddressblocked", "accessterminated",
                "accessnotconfigured", "consumersuspended", "keymodelaccessdenied", "teammodelaccessdenied",
                "ipnotauthorized", "mismatchedorganization", "mismatchedproject", "accesstokenscopeinsufficient",
                "organizationdisabled", "userlocationnotsupported", "insufficientpermissions", "accountsuspended",
            ]
        ),
        (
            .modelNotFound,
            [
                "modelnotfound", "deploymentnotfound", "modelnotsupported", "modeldecommissioned", "modelnotavailable",
                "unknownmodel", "invalidmodel", "modelnotexist", "invalidmodelerror", "modelnotfounderror",
                "modelterminated", "modeldeprecated",
            ]
        ),
        (
            .contextLength,
            [
                "contextlengthexceeded", "exceedcontextsizeerror", "contextwindowexceeded",
                "contextwindowexceedederror",
                "modelmaxprompttokensexceeded", "modelcontextwindowexceeded", "inputtoolong", "contextoverflow",
                "contextlimitexceeded", "contextlengthexceedederror", "prompttoolong",
            ]
        ),
        (
            .requestTooLarge,
            [
                "requesttoolarge", "requestentitytoolarge", "payloadtoolarge", "requestbodytoolarge",
                "stringabovemaxlength", "tokenslimitreached", "contenttoolarge", "contentlengthexceededexception",
            ]
        ),
        (
            .contentFilter,
            [
                "contentfilter", "contentpolicyviolation", "responsibleaipolicyviolation",
                "contentpolicyviolationerror",
                "moderationblocked", "datainspectionfailed", "contentblocked", "guardrailintervened", "invalidprompt",
                "contentfiltered", "prohibitedcontent", "promptblocked", "safetyblocked", "contentfiltererror",
                "promptblockedbymoderation", "inputmoderation", "outputmoderation", "policyviolation",
            ]
        ),
        (
            .overloaded,
            [
                "overloadederror", "serverisoverloaded", "modelcapacityexhausted", "engineoverloadederror", "slowdown",
                "queueexceeded", "modeloverloaded", "capacityexceeded", "servicetiercapacityexceeded", "nocapacity",
                "modelnotreadyexception", "serverbusy", "engineoverloaded", "flextiercapacityexceeded",
                "insufficientcapacity", "serveroverloaded", "systemoverloaded", "systembusy",
            ]
        ),
        (
            .invalidRequest,
            [
                "unsupportedparameter", "unsupportedvalue", "operationnotsupported", "unknownparameter", "unknownurl",
                "missingrequiredparameter", "invalidfunctionparameters", "invalidtype", "toolusefailed",
                "jsonvalidatefailed", "unsupportedparamserror", "invalidurl", "methodnotallowed",
                "routernotfound",
            ]
        ),
        (.aborted, ["apiuseraborterror", "requestaborted", "requestcancelled", "requestcanceled", "errcanceled"]),
    ]
}
