extension HelpTopic {
    /// Those first that one meets first.
    static let all = [
        HelpTopic(
            "keys", "names under which work goes on",
            """
            A dispatch key is the name under which an orchestrator continues, such as coder/issue-430. What stands before
            the first slash is the agent; it may have a maximum session age of its own (agents.json). Where no key is
            given, the folder is one: dir:/home/me/app.

            A key has at most one session, its binding: the one the next dispatch resumes. A binding that was unused for
            longer than max_session_age is dropped, 24 hours unless you say otherwise.

              holdfast sessions list coder/        the sessions of an agent
              holdfast why coder/issue-430         what its next dispatch does
              holdfast sessions drop coder/issue-430
            """),
        HelpTopic(
            "dispatch", "how a key goes on, resumed or fresh",
            """
            'holdfast dispatch KEY -- claude …' looks up the session of the key and puts --resume ID in behind the
            client's name. Where there is none to resume, the client starts fresh in the same call, with the whole
            prompt. Streams, signals and the exit code pass through.

            Two dispatches never drive one session at once: the second waits (--wait), or exits 75. A session that the
            client refuses is dropped; API errors, timeouts and signals drop none. What only the vault has is put back
            first. Where nothing can be resumed, the fresh session is shown what was said last.

            Who starts the client alone asks 'holdfast lookup KEY', sets HOLDFAST_KEY, and reports a refusal by
            'holdfast resume-failed'.
            """),
        HelpTopic(
            "capture", "what is recorded of a session, and what is not",
            """
            Hooks of the plugin tell Redis of each turn; what was added to the transcript becomes an episode. Kept whole
            is what people typed and the agent said; tool calls are shortened; thinking and results of calls that worked
            are left out. Secrets become [redacted:KIND] before anything is written, and <private>…</private> is dropped.

              holdfast filter FILE.jsonl           what would be kept of a transcript
              holdfast redact < FILE               what would be found of secrets
              holdfast verify                      what became of every byte
              holdfast tracking stop --project ~/secret

            HOLDFAST_DISABLED=1 records nothing. What was said while recording was off is not recorded later.
            """),
        HelpTopic(
            "memories", "what is made of episodes, and how it is found",
            """
            Each episode has a digest, made without a model, and is searchable at once. With a provider configured, a
            model makes a memory of it: title, summary, decisions, files, commands, open questions. No model is called
            before you configure one (provider.kind).

            While the provider fails, episodes wait and are tried again; after several failures in a row the circuit
            opens, and nothing is lost meanwhile.

              holdfast memory search 'flaky test' --since 30d
              holdfast memory show 3f2a9c01
              holdfast circuit                     whether the provider may be called
              holdfast episodes list --state dead
            """),
        HelpTopic(
            "conversations", "what was said last under a key",
            """
            The last messages under each key, redacted, at hand in Redis for a day after the last of them. A fresh
            session is shown them as quotation where the one before could not be resumed (carry_over.when). Bots and
            orchestrators that keep no session of Claude Code use them too.

              holdfast conversation add bot/chat-7 --role user 'Hello'
              holdfast conversation context bot/chat-7
              holdfast conversation clear bot/chat-7
            """),
        HelpTopic(
            "vault", "transcripts byte for byte, so that they come back",
            """
            The companion keeps what clients write of a session: its transcript, those of its sub-agents, and what lies
            beside them. When the client has deleted a transcript, dispatch and lookup put it back.

            It is raw, with the secrets in it, and lies in the state folder for you alone to read;
            vault.encrypt_key_file encrypts it, vault.enabled turns it off. Marked <private>, said while recording was
            off, or forgotten: that is not in it.

              holdfast vault list
              holdfast vault restore ID --project ~/app
              holdfast vault export ID > session.tar.zst
            """),
        HelpTopic(
            "forgetting", "how words are removed for good",
            """
            'holdfast forget' removes a text, a session or all of a key from Redis, archive, vault, spool and exports,
            and proves it by searching each of them afterwards. Nothing captures, syncs, restores or imports it again. The
            client's own transcripts are named and left: they are yours.

              holdfast forget --text - --dry-run < secret.txt
              holdfast forget --session ID

            A text is looked for letter by letter; every message that holds it goes as a whole, with the memories made of
            it. A session goes with its record and binding, and nothing of it is recorded any more. Of a key all sessions
            go that were ever recorded under it; later ones are recorded as ever. What may lie where nobody here can look,
            such as the disk of a Redis elsewhere, is said.
            """),
        HelpTopic(
            "pools", "whose queue and archive an episode goes to",
            """
            Each host has a pool of its own, unless the setting "pool" names another: a queue in Redis and an archive, served
            by one companion.

            'holdfast pool adopt NAME' moves the queue of a pool that nobody serves into this host's. A host that goes on
            capturing for that pool needs a companion of its own, or this pool's name in its setting.

            Of this host's own pool, where its archive is gone or lies on a host that is: the pool goes on with an archive
            here, and what Redis and transcripts hold is recorded in it. The old archive does not take the pool back; what
            only it has comes along by 'holdfast memory export' there and 'holdfast memory import' here. Where the archive
            was made anew and holds less than it did, the status speaks of it no more.
            """),
        HelpTopic(
            "exit-codes", "what the numbers mean",
            """
              0    yes, or done
              1    no: not found, nothing there, not all in order
              64   usage: what was asked cannot be understood
              65   bad input, such as a control character in a key
              69   Redis is unavailable, or refuses
              75   busy, try again later: another run drives the session, a usage limit lasts, a queue is full
              78   configuration error

            'holdfast dispatch' passes on the client's own code: 128 and the number of the signal where one ended it, 127
            where there is no such program.
            """),
        HelpTopic(
            "environment", "the variables that are heeded",
            """
              HOLDFAST_KEY              the dispatch key of what starts here
              HOLDFAST_DISABLED=1       record nothing
              HOLDFAST_NO_CARRY_OVER=1  show fresh sessions nothing of before; a key: those of that key
              HOLDFAST_REDIS_URL        goes before redis.url
              HOLDFAST_CONFIG_DIR       folder of holdfast.json and agents.json
              HOLDFAST_STATE_DIR        folder of all that is not in Redis
              HOLDFAST_NAMESPACE        another prefix of the keys in Redis
              HOLDFAST_LOG_LEVEL        how much the companion logs
              MAX_SESSION_AGE_MS        how long a session may be unused
              CLAUDE_CONFIG_DIR         where Claude Code keeps its transcripts
              NO_COLOR                  no colours; --color goes before it
              XDG_CONFIG_HOME, XDG_STATE_HOME   where the two folders lie
            """),
        HelpTopic(
            "files", "where everything lies",
            """
            Settings, in ~/.config/holdfast ('holdfast config show' names it as config_dir):

              holdfast.json    every setting; 'holdfast config init' writes it
              agents.json      maximum session ages, an agent each

            State, in ~/.local/state/holdfast (state_dir), readable by you alone:

              log/companion.log, log/hook.log
              redis/           the Redis that the companion runs, unless redis.url says another
              archive/         episodes, digests, memories
              vault/           transcripts byte for byte, raw
              spool/           notes that are not yet in Redis

            The plugin lies in ~/.local/share/holdfast/plugin, the programs in ~/.local/bin.
            """),
    ]
}
