// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>
/// The API server's answer as the network cuts it: what is read does not depend on the cuts, and is what a model by
/// Google's protobuf library finds; where the model fails, the reader fails.
/// </summary>
internal static class ApiAnswerTarget
{
    public const string Namespace = "team-a";

    private static readonly string[] Kinds = ["SecretList", "Secret", "ServiceAccount", "Status"];

    public static void Run(byte[] input)
    {
        foreach (var kind in Kinds)
        {
            Check(input, kind);
        }
    }

    private static void Check(byte[] input, string kind)
    {
        var whole = Read(input, kind, () => int.MaxValue);
        var cuts = (uint)input.Length;
        foreach (var b in input)
        {
            cuts = (cuts ^ b) * 16777619;
        }

        IsSame(whole, Read(input, kind, () => 1), $"byte by byte, a {kind}");
        IsSame(
            whole,
            Read(input, kind, () => 1 + (int)((cuts = (cuts * 1664525) + 1013904223) >> 26)),
            $"cut anywhere, a {kind}"
        );
        if (ApiAnswerModel.Read(input, kind) is { } model)
        {
            IsSame(model, whole, $"by the model, a {kind}");
        }
        else
        {
            Oracle.Holds(
                whole[^1].StartsWith("failure: ", StringComparison.Ordinal),
                $"the model rejects this {kind}, and the reader accepts it"
            );
        }
    }

    private static void IsSame(List<string> first, List<string> second, string how) =>
        Oracle.Holds(
            first.SequenceEqual(second),
            $"{how} is the same: [{string.Join("] [", first)}] and [{string.Join("] [", second)}]"
        );

    /// <returns>What was handed over, the notices, and how it ended.</returns>
    private static List<string> Read(byte[] input, string kind, Func<int> nextPiece)
    {
        List<string> story = [];
        List<Notice> notices = [];
        var secrets = new SecretDecoder(
            Namespace,
            (in secret) =>
                story.Add(
                    $"secret {secret.Name} "
                        + $"{(secret.DockerConfigJson is { } data ? Convert.ToHexString(data.Span) : "without data")}"
                ),
            notices
        );
        var account = new ServiceAccountDecoder();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var stream = new CutStream(input, nextPiece);
            if (kind == "Status")
            {
                story.Add(StatusDecoder.ReadMessage(stream));
                return story;
            }

            KubernetesEnvelope.Read(
                stream,
                long.MaxValue,
                kind,
                kind == "SecretList" ? secrets.ReadList
                    : kind == "Secret" ? secrets.ReadSecret
                    : account.Read
            );
            story.AddRange(account.ImagePullSecrets);
            story.Add($"continue {secrets.Continue}, {secrets.Count} secrets");
        }
        catch (ProtobufException e)
        {
            Oracle.IsLine(e.Message, "the problem of an answer");
            story.Add("failure: " + e.Message);
            return story;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Oracle.Holds(
            allocated <= (512 * 1024) + (64L * input.Length),
            $"{input.Length} bytes of input cost no {allocated} bytes of memory"
        );
        Oracle.AreLines(notices);
        Oracle.Holds(notices.Count <= 20, "an answer costs at most 20 lines");
        story.AddRange(notices.Select(notice => notice.Message));
        return story;
    }
}
