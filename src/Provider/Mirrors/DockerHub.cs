// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>The host names of Docker Hub, which kubelet and CRI-O treat as one registry.</summary>
internal static class DockerHub
{
    /// <summary>The host in image names.</summary>
    public const string Name = "docker.io";

    /// <summary>The host in old docker configs; CRI-O uses it for all three names.</summary>
    public const string Index = "index.docker.io";

    /// <summary>The host that serves the registry API; a key with this name is one for Docker Hub.</summary>
    public const string Server = "registry-1.docker.io";

    /// <summary>The first part of an official image's path.</summary>
    public const string Library = "library/";
}
