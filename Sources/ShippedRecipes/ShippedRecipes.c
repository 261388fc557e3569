#include "ShippedRecipes.h"

// Known to clang in all versions of C; a literal in Swift would take seconds to compile.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct losskit_shipped_recipe recipes[] = {
    {"atss", (const char[]){
#embed "../../Configs/recipes/atss.json" suffix(, 0)
    }},
    {"cascade_rcnn", (const char[]){
#embed "../../Configs/recipes/cascade_rcnn.json" suffix(, 0)
    }},
    {"deformable_detr", (const char[]){
#embed "../../Configs/recipes/deformable_detr.json" suffix(, 0)
    }},
    {"detr", (const char[]){
#embed "../../Configs/recipes/detr.json" suffix(, 0)
    }},
    {"faster_rcnn_giou", (const char[]){
#embed "../../Configs/recipes/faster_rcnn_giou.json" suffix(, 0)
    }},
    {"faster_rcnn_mmdet", (const char[]){
#embed "../../Configs/recipes/faster_rcnn_mmdet.json" suffix(, 0)
    }},
    {"faster_rcnn_paper", (const char[]){
#embed "../../Configs/recipes/faster_rcnn_paper.json" suffix(, 0)
    }},
    {"faster_rcnn_pytorch", (const char[]){
#embed "../../Configs/recipes/faster_rcnn_pytorch.json" suffix(, 0)
    }},
    {"faster_rcnn_tf", (const char[]){
#embed "../../Configs/recipes/faster_rcnn_tf.json" suffix(, 0)
    }},
    {"faster_rcnn_torchvision", (const char[]){
#embed "../../Configs/recipes/faster_rcnn_torchvision.json" suffix(, 0)
    }},
    {"fcos_mmdet", (const char[]){
#embed "../../Configs/recipes/fcos_mmdet.json" suffix(, 0)
    }},
    {"fcos_mmdet_tuned", (const char[]){
#embed "../../Configs/recipes/fcos_mmdet_tuned.json" suffix(, 0)
    }},
    {"fcos_torchvision", (const char[]){
#embed "../../Configs/recipes/fcos_torchvision.json" suffix(, 0)
    }},
    {"gfl", (const char[]){
#embed "../../Configs/recipes/gfl.json" suffix(, 0)
    }},
    {"libra_rcnn", (const char[]){
#embed "../../Configs/recipes/libra_rcnn.json" suffix(, 0)
    }},
    {"reference_detector", (const char[]){
#embed "../../Configs/recipes/reference_detector.json" suffix(, 0)
    }},
    {"reference_detector_agnostic", (const char[]){
#embed "../../Configs/recipes/reference_detector_agnostic.json" suffix(, 0)
    }},
    {"reference_detector_atss", (const char[]){
#embed "../../Configs/recipes/reference_detector_atss.json" suffix(, 0)
    }},
    {"reference_detector_fcos", (const char[]){
#embed "../../Configs/recipes/reference_detector_fcos.json" suffix(, 0)
    }},
    {"reference_detector_gfl", (const char[]){
#embed "../../Configs/recipes/reference_detector_gfl.json" suffix(, 0)
    }},
    {"reference_detector_huber", (const char[]){
#embed "../../Configs/recipes/reference_detector_huber.json" suffix(, 0)
    }},
    {"reference_detector_retinanet", (const char[]){
#embed "../../Configs/recipes/reference_detector_retinanet.json" suffix(, 0)
    }},
    {"reference_detector_sigmoid", (const char[]){
#embed "../../Configs/recipes/reference_detector_sigmoid.json" suffix(, 0)
    }},
    {"reference_detector_tood", (const char[]){
#embed "../../Configs/recipes/reference_detector_tood.json" suffix(, 0)
    }},
    {"reference_detector_yolox", (const char[]){
#embed "../../Configs/recipes/reference_detector_yolox.json" suffix(, 0)
    }},
    {"retinanet_detectron2", (const char[]){
#embed "../../Configs/recipes/retinanet_detectron2.json" suffix(, 0)
    }},
    {"retinanet_mmdet", (const char[]){
#embed "../../Configs/recipes/retinanet_mmdet.json" suffix(, 0)
    }},
    {"retinanet_torchvision", (const char[]){
#embed "../../Configs/recipes/retinanet_torchvision.json" suffix(, 0)
    }},
    {"rtmdet", (const char[]){
#embed "../../Configs/recipes/rtmdet.json" suffix(, 0)
    }},
    {"sparse_rcnn", (const char[]){
#embed "../../Configs/recipes/sparse_rcnn.json" suffix(, 0)
    }},
    {"ssd300_torchvision", (const char[]){
#embed "../../Configs/recipes/ssd300_torchvision.json" suffix(, 0)
    }},
    {"ssd_mmdet", (const char[]){
#embed "../../Configs/recipes/ssd_mmdet.json" suffix(, 0)
    }},
    {"tood", (const char[]){
#embed "../../Configs/recipes/tood.json" suffix(, 0)
    }},
    {"tood_initial", (const char[]){
#embed "../../Configs/recipes/tood_initial.json" suffix(, 0)
    }},
    {"vfnet", (const char[]){
#embed "../../Configs/recipes/vfnet.json" suffix(, 0)
    }},
    {"yolov8", (const char[]){
#embed "../../Configs/recipes/yolov8.json" suffix(, 0)
    }},
    {"yolox", (const char[]){
#embed "../../Configs/recipes/yolox.json" suffix(, 0)
    }},
    {"yolox_l1", (const char[]){
#embed "../../Configs/recipes/yolox_l1.json" suffix(, 0)
    }},
    {"yolox_original", (const char[]){
#embed "../../Configs/recipes/yolox_original.json" suffix(, 0)
    }},
};

long losskit_shipped_recipe_count(void) { return sizeof recipes / sizeof recipes[0]; }

struct losskit_shipped_recipe losskit_shipped_recipe(long index) { return recipes[index]; }
