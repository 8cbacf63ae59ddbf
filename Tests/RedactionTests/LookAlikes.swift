/// What looks like a secret and is none.
enum LookAlikes {
    static let all: [String] =
        identifiers + references + placeholders + code + frames + [
            // Hashes
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  file.tar.gz",
            #"resolved "https://registry.yarnpkg.com/a/-/a-4.17.21.tgz#679591c564c3bffaae8454cf0b3df370c3d6911c""#,
            "cache-key: node-modules-9c1185a5c5e9fc54612808977ee8f548b2258d31",
            #""key": "9c1185a5c5e9fc54612808977ee8f548b2258d31""#,
            "color: #a3b4c5; background: #1e90ff",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKxhO5mZkq6o9kJb0o7Rkx9w1X2Yz3W4V5u6T7s8R9qQ user@host",
            "public_key: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
            // Numbers, paths, commands
            "max_tokens: 8192, token_count=1234, version: 1.2.3-beta.4+build.20240101",
            "password_file=/run/secrets/db_password SSL_KEY=/etc/ssl/private/server.key",
            "docker run -p 8080:80 -u 1000:1000 nginx", "mysql -u root -p app",
            "src/app.ts:1200:12:warning:no-unused-vars2",
            "https://cdn.example.com:8443/npm/@scope/pkg@1.2.3 http://localhost:3000/@vite/client",
            "password must contain 8 characters, 1 digit!", "the password is wrong", "password is base64-encoded",
            "the password is stored in /etc/app2.conf", "the pw is process.env.PW2",
            "password is user.password_digest2",
            "the password is utf8mb4_general", "pass is v1.2.3-rc1", "the password is read from $DB_PASSWORD",
            "kind: ConfigMap\ndata:\n  app.conf: abc123def456ghi",
            "unzip -P \"$ZIP_PASSWORD\" a.zip", "echo \"$SUDO_PASSWORD\" | sudo -S ls",
            "echo y2K4-yes! | apt install x",
            "smbclient -U bob%$PASS //h/s", "7z x -p\"$P\" a.7z", "htpasswd -b f bob \"$PW\"", "plink -P 2222 -p host",
            "net use Z: \\\\srv\\share /persistent:yes", "net user bob /add", "openssl passwd -6 -stdin",
            "cat <<EOF | tee x\nx7Kq2LmN9vR4\nEOF", "use 739204 bytes to store", "Use code 404 to signal",
            "Your exit code is 739204", "https://youtu.be/x?t=1699999999", "https://x/?code=invalid_request_token",
            "https://n8n.io/docs/webhook/setup-guide", "send \"x7Kq2LmN\\r\"", "password for 'bob' is unset",
            "the token is 739204 wide", "aws s3 ls --value x7Kq2LmN9v", "kubectl create cm x --from-literal=a=b",
            "const list = [\"first1\"\n  \"second2\"]", "<td>Password</td><td>required</td>",
            "password:\n  required\n", "diff <(echo x7Kq2LmN) <(echo y)", "echo a1b2c3d4 | tee x | sort",
            "{\"type\":\"token\",\"value\":\"IDENT2x9\"}", "the key is in groups of four 1234 5678 words",
            "yes | apt install passwd", "curl -sSLo out.tar.gz https://x.example.com/a:b",
            "zip -r out.zip . -x '*.git*'",
            "find . -name x7Kq2LmN9vR4",
            "exit code 482913, error code: 482913, zip code 94103-1234", "verification code: 123456", "OTP: 000000",
            "the recovery code path in src/recovery2.ts handles 2024-01-02 and v1.2.3",
            "for (const [password, token] of list, other)\n  x7Kq2LmN, 9vR4tB6w, 1a2b3c4d", "a | b\n--|--\nx7Kq2 | y",
            "{'abstract', 'password', 'token'},\n{'week2day', 'utf16_be', 'VDT2Read1'}", "x%20y%2Fz %d items\n",
            "C:\\users\\new\\x41.txt", "password: |\n  a phrase of words 1 2\n", "key: >-\n  node-modules-9c1185a5",
            "?key=node-modules-cache&page=2", "https://example.com/hooks/useAuthenticatedUserSession/index.ts",
            "client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURRVENDQWltZ0F3SUJBZ0lUQm15Zno1bS9qQW81",
        ]

    private static let identifiers = [
        "550e8400-e29b-41d4-a716-446655440000", #""msg_01XFDUDYJgAACzvnptvVoYEL" "req_011CSHoEeqs5C35K2UUqR7Fy""#,
        #""sessionId":"9d980309-1152-4a8a-8019-d77296178470","leafUuid":"0f3a4b1e-1152-4a8a-8019-d77296178470""#,
        "channel C024BE91L user U023BECGF UA-12345678-1 G-ABC123DEF4",
        "next_page_token: CiAKGjBpNDd2Nmp2Zml2cXRwYjBpOXA", "X-Request-Id: 7b3f8a2c9d1e4f5a6b7c8d9e0f1a2b3c",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "pk_" + "live_51HqLyjWDarjtT1zdp7dcABCDEF",
    ]

    private static let references = [
        "password: ${DB_PASSWORD}", "password: {{ .Values.db.password }}", "PASSWORD=%DB_PASSWORD%",
        "Authorization: Bearer <token>", "Authorization: `Bearer ${token}`", "TOKEN=$(openssl rand -base64 32)",
        "api_key = os.getenv(\"OPENAI_API_KEY\")", "apiKey: config.apiKey,", "token = getToken()",
        "client_secret = azuread_application_password.main.value", "JWT_SECRET=${JWT_SECRET:?must be set}",
        "$password = $_POST['password']; $token = $request->input('token_v2');",
        "ApiKey = builder.Configuration[\"OpenAI:ApiKey\"];", "curl -u \"$USER:$PASS\" https://x",
    ]

    private static let placeholders = [
        "API_KEY=your-api-key-here", "OPENAI_API_KEY=sk-your-key-here", "password: changeme", "Password: ********",
        "GITHUB_TOKEN=ghp_" + String(repeating: "x", count: 36), "postgres://user:password@localhost:5432/db",
        "postgres://postgres:postgres@localhost/test", "mysql://<user>:<password>@host/db",
        "https://user:****@example.com", "Basic dXNlcjpwYXNzd29yZA==", "Authorization: Bearer YOUR_API_KEY",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "aws_secret_access_key = wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY", "Password: [redacted:password]",
        "{\"password\": \"Password123\", \"apiKey\": \"test-api-key-12345\"}",
    ]

    private static let code = [
        "def login(username: str, password: str = None, token: Optional[str] = None) -> bool:",
        "const { password, token2 } = req.body; login({ password: newPassword1, token: token2 });",
        "password=hashlib.sha256(b\"x\").hexdigest()", "password = Column(String(255), nullable=False)",
        "class=\"sk-loading-indicator-container sk-fading-circle-animation-2\"",
        "pattern: ^sk-[A-Za-z0-9]{48}$", "csrf_token = \"{{ csrf_token() }}\"",
        "function e(t,n){return n.d(t,\"a\",function(){return r}),t.exports=n(123)}",
        "expect(token).toBe('test-token-123')", "tokenizer = AutoTokenizer.from_pretrained(\"bert-base-uncased\")",
        "secretKeyRef:\n  name: db-credentials\n  key: password",
        "Use Bearer authentication with a Basic understanding of the protocol.",
    ]

    private static let frames = [
        "if \"-----BEGIN RSA PRIVATE KEY-----\" in text and \"-----END RSA PRIVATE KEY-----\" in text:",
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAx\n-----END PUBLIC KEY-----",
    ]
}
