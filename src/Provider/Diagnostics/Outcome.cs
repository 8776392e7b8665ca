namespace CrioCredentialProvider.Diagnostics;

/// <summary>How a run ended. Closed: these three are all there is.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The value of <c>CRIO_CP_OUTCOME</c> in the journal.</summary>
    public abstract string Name { get; }

    /// <summary>The auth file is there for CRI-O to take.</summary>
    /// <param name="Path">Absolute path of the file.</param>
    /// <param name="Entries">Number of entries below <c>auths</c>.</param>
    public sealed record Written(string Path, int Entries) : Outcome
    {
        public override string Name => "written";
    }

    /// <summary>CRI-O needs no file from us for this pull; the kubelet gets an empty success.</summary>
    public sealed record NothingToDo(Reason Reason) : Outcome
    {
        public override string Name => "nothing-to-do";
    }

    /// <summary>The run failed: exit code 1, one line on stderr.</summary>
    public sealed record Failed(Reason Reason, string Problem, string Hint) : Outcome
    {
        public override string Name => "failed";

        /// <summary>The one line for stderr and the journal: problem, then hint, then id.</summary>
        public string Line =>
            Hint.Length == 0 ? $"{Problem} [{Reason.Id}]" : $"{Problem}; {Hint} [{Reason.Id}]";
    }
}
