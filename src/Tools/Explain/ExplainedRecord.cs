// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>The pull record that the kubelet will write.</summary>
/// <param name="Directory">Where a kubelet that records pulls keeps its records.</param>
/// <param name="IsKept">Whether the directory exists, that is, whether this node's kubelet records pulls.</param>
/// <param name="Access">Which pods may use the image without pulling it themselves.</param>
internal sealed record ExplainedRecord(string Directory, bool IsKept, RecordedAccess Access)
{
    /// <param name="settings">The run's options.</param>
    /// <param name="files">Provides the kubelet's command line, if it is known.</param>
    /// <param name="writesFile">Whether the run would write an auth file.</param>
    public static ExplainedRecord Of(Settings settings, ApiServerFiles files, bool writesFile)
    {
        var directory = KubeletRoot.Locate(settings, files) + KubeletRoot.Records;
        return new ExplainedRecord(directory, Exists(directory), AccessRecord.Of(settings.AccessRecord, writesFile));
    }

    /// <summary>The record as a sentence.</summary>
    /// <param name="input">The pull that is explained.</param>
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
            // Only root can read the kubelet's directory.
            return false;
        }
    }
}
