"""A session whose transcript is gone resumes once it is put back."""
from house import HouseTest, about_resuming, only_clients, smoke
from restoring import RECORDED, Kept, forget_sweep, grow_old, refusals, remove, slug, words

KEY, OTHER = "coder/issue-11", "coder/issue-12"


class Restoring(HouseTest):
    def conversation(self):
        """A session of three turns with a sub-agent; its copy."""
        house = self.house
        session = house.ask(KEY, "remember MARIGOLD").session
        house.ask_with_tools(KEY, "SUBAGENT and FOXGLOVE")
        house.ask_with_tools(KEY, "TOOLTWO and LUPIN")
        house.settled(session)
        kept = Kept.of(house, session)
        self.assertTrue(any("/subagents/agent-" in name for name in kept.files), sorted(kept.files))
        return kept

    def resume(self, session, prompt, expected, **options):
        """Resumes with the client alone, and looks at what it sends. - Returns: the request's body."""
        done = self.house.client(OTHER, "--resume", session, "-p", prompt, "--output-format", "json", **options)
        self.assertAnswered(done)
        self.assertEqual(done.session, session)
        request = self.house.api.turns(prompt)[0]["body"]
        self.assertEqual(refusals(request), [])
        self.assertLessEqual(expected, words(request))
        return request

    def let_a_client_sweep(self):
        """Another session, long enough that the client looks for old transcripts."""
        forget_sweep(self.house.config)
        self.house.ask_with_tools(OTHER, "TOOLCMD{sleep 15}")

    # 2.1.81 does not sweep in so short a run.
    @smoke
    @about_resuming
    @only_clients(since="2.1.139")
    def test_a_swept_session_resumes_with_its_whole_history_and_the_next_sweep_leaves_it(self):
        house, kept = self.house, self.conversation()
        transcript = house.transcript(kept.session)
        grow_old(transcript, days=40)
        self.let_a_client_sweep()
        self.assertFalse(transcript.exists(), "the client sweeps what is old")

        self.assertEqual(kept.put_back(house.config, house.project), transcript)
        self.let_a_client_sweep()
        self.assertTrue(transcript.exists(), "it goes by the time of the file")
        self.assertEqual(Kept.of(house, kept.session).files, kept.files)
        self.resume(kept.session, "and ASTER", {"MARIGOLD", "FOXGLOVE", "LUPIN"})
        self.assertTrue(transcript.read_bytes().startswith(kept.transcript), "the client only adds to it")

    @about_resuming
    def test_a_dispatch_resumes_what_was_put_back(self):
        house, kept = self.house, self.conversation()
        remove(house.transcript(kept.session))
        kept.put_back(house.config, house.project)
        self.assertEqual(house.ask(KEY, "and ASTER").session, kept.session)
        request = house.api.turns("and ASTER")[0]["body"]
        self.assertLessEqual({"MARIGOLD", "FOXGLOVE", "LUPIN"}, words(request))
        self.assertNothingDropped(KEY, kept.session)

    # Older ones hash long paths differently.
    @about_resuming
    @only_clients(since="2.1.139")
    def test_a_session_resumes_in_another_config_folder_under_a_long_path(self):
        house, kept = self.house, self.conversation()
        config, folder = house.root / "config", house.root / ("long-ü/" + "p" * 120) / ("q" * 120)
        folder.mkdir(parents=True)
        kept.put_back(config, folder)
        there = dict(cwd=folder, CLAUDE_CONFIG_DIR=str(config))
        self.resume(kept.session, "and ASTER", {"MARIGOLD", "FOXGLOVE", "LUPIN"}, **there)
        self.assertAnswered(house.client(OTHER, "-p", "in a session of its own", **there))
        folders = [path.name for path in (config / "projects").iterdir()]
        self.assertEqual(folders, [slug(folder)], "as the client calls it")
        self.assertGreater(len(slug(folder)), 201)

    @about_resuming
    def test_a_reduced_transcript_resumes_with_what_is_left(self):
        kept = Kept.recorded("reduced.jsonl")
        kept.put_back(self.house.config, self.house.project)
        request = self.resume(RECORDED, "and DAHLIA", {"MARIGOLD", "FOXGLOVE", "LUPIN"})
        self.assertIn("No result of this call is kept", str(request["messages"]))
        self.resume(RECORDED, "and CROCUS", {"MARIGOLD", "FOXGLOVE", "LUPIN", "DAHLIA"})

    @about_resuming
    def test_a_transcript_of_words_alone_resumes(self):
        kept = Kept.recorded("spoken.jsonl")
        kept.put_back(self.house.config, self.house.project)
        request = self.resume(RECORDED, "and DAHLIA", {"MARIGOLD", "FOXGLOVE", "LUPIN"})
        self.assertIn("That, too.", str(request["messages"]))
        self.resume(RECORDED, "and CROCUS", {"MARIGOLD", "FOXGLOVE", "LUPIN", "DAHLIA"})

    @about_resuming
    def test_a_client_that_does_not_resume_writes_nothing_to_the_transcript(self):
        hollow = b'{"type":"mode","mode":"normal","sessionId":"%s"}\n' % RECORDED.encode()
        kept = Kept(RECORDED, {RECORDED + ".jsonl": hollow})
        transcript = kept.put_back(self.house.config, self.house.project)
        before = transcript.stat()
        done = self.house.client(OTHER, "--resume", RECORDED, "-p", "in vain")
        self.assertEqual(done.code, 1, repr(done))
        self.assertIn("No conversation found", done.stderr)
        after = transcript.stat()
        for field in ("st_ino", "st_size", "st_mtime_ns"):
            self.assertEqual(getattr(after, field), getattr(before, field), field)
