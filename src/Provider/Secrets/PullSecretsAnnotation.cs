using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The service account's annotation that names the pull secrets to read, so that a Role can grant <c>get</c> on those
/// alone. The kubelet passes it when its config names it below <c>optionalServiceAccountAnnotationKeys</c>.
/// </summary>
/// <param name="Names">In ordinal order, each once; empty: no secret at all may be read.</param>
/// <param name="Notices">Names that cannot be one.</param>
internal sealed record PullSecretsAnnotation(IReadOnlyList<string> Names, IReadOnlyList<Notice> Notices)
{
    public const string Key = "crio-credential-provider/pull-secrets";

    /// <summary>Each name is a request at each pull.</summary>
    public const int MaximumNames = 32;

    /// <returns>Null when the annotation is not there: then the namespace's secrets are listed.</returns>
    public static PullSecretsAnnotation? Find(IReadOnlyDictionary<string, string> annotations)
    {
        if (!annotations.TryGetValue(Key, out var value))
        {
            return null;
        }

        SortedSet<string> names = new(StringComparer.Ordinal);
        List<Notice> notices = [];
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!SecretName.IsValid(part))
            {
                Pass($"\"{OneLine.Of(part)}\" in annotation {Key} is no name of a secret");
            }
            else if (names.Count == MaximumNames && !names.Contains(part))
            {
                Pass($"Secret \"{part}\" is passed over: annotation {Key} names more than {MaximumNames}");
            }
            else
            {
                names.Add(part);
            }
        }

        return new PullSecretsAnnotation([.. names], notices);

        void Pass(string message)
        {
            if (notices.Count < MaximumNames)
            {
                notices.Add(new Notice(Reasons.NamedSecretMissing, message));
            }
        }
    }
}
