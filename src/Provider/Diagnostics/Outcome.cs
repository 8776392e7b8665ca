// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>How a run ended. There are no other outcomes.</summary>
internal abstract record Outcome
{
    private Outcome() { }

    /// <summary>The value of <c>CRIO_CP_OUTCOME</c> in the journal.</summary>
    public abstract string Name { get; }

    /// <summary>The auth file is in place for CRI-O.</summary>
    /// <param name="Path">Absolute path of the file.</param>
    public sealed record Written(string Path) : Outcome
    {
        public override string Name => "written";
    }

    /// <summary>CRI-O needs no file for this pull; the kubelet gets an empty successful response.</summary>
    /// <param name="Reason">The stable reason.</param>
    /// <param name="Sentence">The journal's last message of the run.</param>
    public sealed record NothingToDo(Reason Reason, string Sentence) : Outcome
    {
        public override string Name => "nothing-to-do";
    }

    /// <summary>
    /// The API server did not respond, but the kubelet has recorded that this service account pulled the image, so the
    /// pod may use the image if it is present. No auth file is written.
    /// </summary>
    /// <param name="Failure">Why the API server could not be reached.</param>
    public sealed record AccessConfirmed(Failed Failure) : Outcome
    {
        public override string Name => "access-confirmed";

        /// <summary>The line for the journal.</summary>
        public string Line =>
            $"{Failure.Problem}, so no auth file is written; the kubelet's record names this service account, which "
            + "may go on using the "
            + $"image if it is present [{Reasons.AccessRecordUsed.Id}]";
    }

    /// <summary>The run failed: exit code 1 and one line on stderr.</summary>
    public sealed record Failed(Reason Reason, string Problem, string Hint) : Outcome
    {
        public override string Name => "failed";

        /// <summary>An expected failure.</summary>
        public static Failed Of(ProviderException e) => new(e.Reason, e.Problem, e.Hint);

        /// <summary>A defect of the program. Only the type of the exception is reported, because its text could quote a
        /// secret.</summary>
        public static Failed ByDefect(Exception e) =>
            new(
                Reasons.Unexpected,
                $"unexpected {e.GetType().Name} in the program",
                "please report it with the journal's lines of this run"
            );

        /// <summary>The one line for stderr and the journal: problem, then hint, then id.</summary>
        public string Line =>
            OneLine.Printable(Hint.Length == 0 ? $"{Problem} [{Reason.Id}]" : $"{Problem}; {Hint} [{Reason.Id}]");
    }
}
