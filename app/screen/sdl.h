/* SDL2 and SDL2_ttf, loaded when a window is wanted: they bring 40 libraries of sound and graphics
 * along, which take longer to load than a picture takes to classify, and a headless machine need
 * not have them. Each function that app/screen uses is a pointer here: sdl->Init(...) is
 * SDL_Init(...). */
#ifndef CAMLABEL_SDL_H
#define CAMLABEL_SDL_H

#include <SDL.h>
#include <SDL_ttf.h>

#include "../../engine/base/error.h"

struct sdl {
    __typeof__(SDL_CreateRGBSurfaceWithFormat) *CreateRGBSurfaceWithFormat;
    __typeof__(SDL_CreateRenderer) *CreateRenderer;
    __typeof__(SDL_CreateTexture) *CreateTexture;
    __typeof__(SDL_CreateTextureFromSurface) *CreateTextureFromSurface;
    __typeof__(SDL_CreateWindow) *CreateWindow;
    __typeof__(SDL_DestroyRenderer) *DestroyRenderer;
    __typeof__(SDL_DestroyTexture) *DestroyTexture;
    __typeof__(SDL_DestroyWindow) *DestroyWindow;
    __typeof__(SDL_FreeSurface) *FreeSurface;
    __typeof__(SDL_GetDisplayUsableBounds) *GetDisplayUsableBounds;
    __typeof__(SDL_GetError) *GetError;
    __typeof__(SDL_GetRendererInfo) *GetRendererInfo;
    __typeof__(SDL_GetRendererOutputSize) *GetRendererOutputSize;
    __typeof__(SDL_GetTicks64) *GetTicks64;
    __typeof__(SDL_Init) *Init;
    __typeof__(SDL_InitSubSystem) *InitSubSystem;
    __typeof__(SDL_LoadBMP_RW) *LoadBMP_RW;
    __typeof__(SDL_LoadFile) *LoadFile;
    __typeof__(SDL_LockTexture) *LockTexture;
    __typeof__(SDL_PollEvent) *PollEvent;
    __typeof__(SDL_PushEvent) *PushEvent;
    __typeof__(SDL_Quit) *Quit;
    __typeof__(SDL_RWFromConstMem) *RWFromConstMem;
    __typeof__(SDL_RWFromFile) *RWFromFile;
    __typeof__(SDL_RegisterEvents) *RegisterEvents;
    __typeof__(SDL_RenderClear) *RenderClear;
    __typeof__(SDL_RenderCopy) *RenderCopy;
    __typeof__(SDL_RenderCopyEx) *RenderCopyEx;
    __typeof__(SDL_RenderFillRect) *RenderFillRect;
    __typeof__(SDL_RenderPresent) *RenderPresent;
    __typeof__(SDL_RenderReadPixels) *RenderReadPixels;
    __typeof__(SDL_RenderSetClipRect) *RenderSetClipRect;
    __typeof__(SDL_SetError) *SetError;
    __typeof__(SDL_SetHint) *SetHint;
    __typeof__(SDL_SetHintWithPriority) *SetHintWithPriority;
    __typeof__(SDL_SetRenderDrawBlendMode) *SetRenderDrawBlendMode;
    __typeof__(SDL_SetRenderDrawColor) *SetRenderDrawColor;
    __typeof__(SDL_SetRenderTarget) *SetRenderTarget;
    __typeof__(SDL_SetTextureAlphaMod) *SetTextureAlphaMod;
    __typeof__(SDL_SetTextureBlendMode) *SetTextureBlendMode;
    __typeof__(SDL_SetTextureColorMod) *SetTextureColorMod;
    __typeof__(SDL_SetTextureScaleMode) *SetTextureScaleMode;
    __typeof__(SDL_SetWindowFullscreen) *SetWindowFullscreen;
    __typeof__(SDL_SetWindowIcon) *SetWindowIcon;
    __typeof__(SDL_SetWindowMinimumSize) *SetWindowMinimumSize;
    __typeof__(SDL_SetWindowSize) *SetWindowSize;
    __typeof__(SDL_SetYUVConversionMode) *SetYUVConversionMode;
    __typeof__(SDL_ShowCursor) *ShowCursor;
    __typeof__(SDL_StopTextInput) *StopTextInput;
    __typeof__(SDL_UnlockTexture) *UnlockTexture;
    __typeof__(SDL_UpdateNVTexture) *UpdateNVTexture;
    __typeof__(SDL_UpdateTexture) *UpdateTexture;
    __typeof__(SDL_UpdateYUVTexture) *UpdateYUVTexture;
    __typeof__(SDL_WaitEvent) *WaitEvent;
    __typeof__(SDL_free) *free;
    __typeof__(TTF_CloseFont) *TTF_CloseFont;
    __typeof__(TTF_FontAscent) *TTF_FontAscent;
    __typeof__(TTF_FontHeight) *TTF_FontHeight;
    __typeof__(TTF_GlyphIsProvided32) *TTF_GlyphIsProvided32;
    __typeof__(TTF_Init) *TTF_Init;
    __typeof__(TTF_MeasureUTF8) *TTF_MeasureUTF8;
    __typeof__(TTF_OpenFontRW) *TTF_OpenFontRW;
    __typeof__(TTF_Quit) *TTF_Quit;
    __typeof__(TTF_RenderUTF8_Blended) *TTF_RenderUTF8_Blended;
    __typeof__(TTF_SetFontHinting) *TTF_SetFontHinting;
    __typeof__(TTF_SizeUTF8) *TTF_SizeUTF8;
};

/* Fills in the pointers; the libraries then stay until the process ends. Errors: MN_FAILED where
 * one is not installed. */
enum mn_status sdl_load(struct sdl *sdl, struct mn_error *error);

#endif
