// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>
/// Finds the API server as the kubelet's run does, on a node whose root may be a directory of this machine.
/// </summary>
internal static class NodeApiServer
{
    public static ApiServer Locate(Node node, NodeFilesReader files, KubeletFacts kubelet, Settings settings) =>
        ConfiguredApiServer.Locate(
            settings,
            node.ApiFiles with
            {
                ParentArguments = kubelet.Arguments,
                Reader = files.Reader,
            }
        );
}
