// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>What the kubelet will record about the pull.</summary>
/// <param name="Directory">Where a kubelet that records pulls keeps its records.</param>
/// <param name="IsKept">Whether that is there: the kubelet of this node records pulls.</param>
/// <param name="Access">Who may use the image without a pull of its own.</param>
internal sealed record ExplainedRecord(string Directory, bool IsKept, RecordedAccess Access)
{
    /// <param name="settings">The run's options.</param>
    /// <param name="files">What is known of the kubelet.</param>
    /// <param name="writesFile">Whether the run would write an auth file.</param>
    public static ExplainedRecord Of(Settings settings, ApiServerFiles files, bool writesFile)
    {
        var directory = KubeletRoot.Locate(settings, files) + KubeletRoot.Records;
        return new ExplainedRecord(directory, Exists(directory), AccessRecord.Of(settings.AccessRecord, writesFile));
    }

    /// <summary>A sentence.</summary>
    /// <param name="input">Whose pull.</param>
    public string Text(ExplainInput input)
    {
        if (Access == RecordedAccess.EveryPodOfNode)
        {
            return "The kubelet will record the image as open to every pod of this node.";
        }

        var account = input.Identity?.ServiceAccount is { } name
            ? $"service account \"{name}\""
            : "the service account";
        return $"The kubelet will record {account} of namespace \"{input.Namespace}\": "
            + "pods of other accounts must pull the image again.";
    }

    private static bool Exists(string directory)
    {
        try
        {
            return SmallFileReader.ThisNode.Exists(directory);
        }
        catch (UnreadableFileException)
        {
            // Not root's, who alone may look below the kubelet's directory.
            return false;
        }
    }
}
